import { z } from 'zod';
import { updateUser } from '../../db/users/users';
import { applyEach, BulkAnswer, MOST_USERS } from './bulk-answer';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { UserUpdate, updateOf } from './routes';

const BulkUpdate = z.object({
  users: z.array(UserUpdate.omit({ createNewFields: true })).max(MOST_USERS),
  createNewFields: z.boolean().nullish().describe('False leaves out fields that no user has had yet.'),
});

/** Many users in one call, each on its own. */
export function bulkUpdateRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/users/bulkUpdate',
    config: { scope: 'trigger', iterable: true },
    schema: {
      operationId: 'bulkUpdateUsers',
      summary: 'Update many users',
      description: 'Each user by itself: those that cannot be updated are named, and the rest are.',
      tags: ['Iterable-compatible'],
      body: BulkUpdate,
      response: { 200: BulkAnswer, ...ERRORS },
    },
    handler: async ({ body: { users, createNewFields } }) =>
      applyEach(users, (user) => updateUser(deps, updateOf({ ...user, createNewFields }))),
  });
}
