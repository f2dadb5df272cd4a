import { z } from 'zod';
import { changeEmail } from '../../db/users/users';
import { ApiError } from '../../domain/errors';
import type { Api, AppDeps } from '../deps';
import { Envelope, ERRORS } from '../http/errors';
import { once } from '../http/once';
import { identifiersOf, unknownUser } from './identity';

const EmailUpdate = z.object({
  currentEmail: z.string().nullish(),
  currentUserId: z.string().nullish(),
  newEmail: z.string().min(1),
});

/** Changes the email of a user, whose entries, events and other data stay. */
export function updateEmailRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/users/updateEmail',
    config: {
      scope: 'trigger',
      iterable: true,
      example: { currentEmail: 'grace@example.org', newEmail: 'grace@example.com' },
    },
    schema: {
      operationId: 'updateEmail',
      summary: 'Change a user’s email',
      tags: ['Iterable-compatible'],
      body: EmailUpdate,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { currentEmail, currentUserId, newEmail } = request.body;
        const names = identifiersOf({ email: currentEmail, userId: currentUserId });
        if (Object.keys(names).length === 0) {
          throw new ApiError(
            'BadParams',
            'Either currentEmail or currentUserId must be set to name the user.',
          );
        }
        identifiersOf({ email: newEmail });
        if (!(await changeEmail(own, names, newEmail))) throw unknownUser(names);
        return { msg: '', code: 'Success', params: null };
      }),
  });
}
