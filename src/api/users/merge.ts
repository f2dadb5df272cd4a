import { z } from 'zod';
import { mergeUsers } from '../../usecases/users/merge';
import { ApiError, badParams } from '../../domain/errors';
import type { Identity } from '../../domain/users/profile';
import type { Api, AppDeps } from '../deps';
import type { RequestDeps } from '../http/author';
import { Envelope, ERRORS } from '../http/errors';
import { once } from '../http/once';
import { type Named, oneIdentityOf, unknownUser } from './identity';

const Merge = z.object({
  sourceEmail: z.string().nullish(),
  sourceUserId: z.string().nullish(),
  destinationEmail: z.string().nullish(),
  destinationUserId: z.string().nullish(),
  arrayMerge: z.array(z.unknown()).nullish().describe('Refused: arrays are merged as other fields are.'),
});

/** Merges two users who are the same person. */
export function mergeRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/users/merge',
    config: {
      scope: 'trigger',
      iterable: true,
      example: { sourceEmail: 'ada@example.org', destinationEmail: 'ada@example.com' },
    },
    schema: {
      operationId: 'mergeUsers',
      summary: 'Merge two users',
      description:
        'The destination gets what the source has, and keeps its own value of a field that both have. The source is gone.',
      tags: ['Iterable-compatible'],
      body: Merge,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request, reply) => once(deps, request, reply, (own) => merge(own, request.body)),
  });
}

async function merge(deps: RequestDeps, body: z.infer<typeof Merge>): Promise<Envelope> {
  if (body.arrayMerge?.length) {
    throw badParams({
      arrayMerge: 'Arrays cannot be joined. Leave it out: the destination’s array stays.',
    });
  }
  const source = named('source', { email: body.sourceEmail, userId: body.sourceUserId });
  const destination = named('destination', {
    email: body.destinationEmail,
    userId: body.destinationUserId,
  });
  const unknown = await mergeUsers(deps, source, destination);
  if (unknown !== undefined) throw unknownUser(unknown === 'source' ? source : destination);
  return { msg: '', code: 'Success', params: null };
}

function named(whose: 'source' | 'destination', name: Named): Identity {
  const identity = oneIdentityOf(name);
  if (identity !== undefined) return identity;
  throw new ApiError('BadParams', `Either ${whose}Email or ${whose}UserId must be set to name the user.`);
}
