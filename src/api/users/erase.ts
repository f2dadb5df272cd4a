import { z } from 'zod';
import { eraseUser } from '../../usecases/users/erase';
import type { Identity } from '../../domain/users/profile';
import type { Api, AppDeps } from '../deps';
import { forRequest, type RequestDeps } from '../http/author';
import { Envelope, ERRORS } from '../http/errors';
import { identifiersOf, unknownUser } from './identity';

const config = { scope: 'trigger', iterable: true } as const;
const description =
  'Erases the user and what their entries hold of them. Open entries end with the reason user_deleted.';

/** Erasure of users. */
export function erasureRoutes(app: Api, deps: AppDeps): void {
  app.route({
    method: 'DELETE',
    url: '/users/:email',
    config,
    schema: {
      operationId: 'deleteUserByEmail',
      summary: 'Erase a user by email',
      description,
      tags: ['Iterable-compatible'],
      params: z.object({ email: z.string() }),
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request) => erase(forRequest(deps, request), { email: request.params.email }),
  });
  app.route({
    method: 'DELETE',
    url: '/users/byUserId/:userId',
    config,
    schema: {
      operationId: 'deleteUserByUserId',
      summary: 'Erase a user by userId',
      description,
      tags: ['Iterable-compatible'],
      params: z.object({ userId: z.string() }),
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request) => erase(forRequest(deps, request), { userId: request.params.userId }),
  });
}

async function erase(deps: RequestDeps, identity: Identity): Promise<Envelope> {
  identifiersOf(identity);
  if (!(await eraseUser(deps, identity, Date.now()))) throw unknownUser(identity);
  return { msg: '', code: 'Success', params: null };
}
