import { z } from 'zod';
import type { ImportTarget } from '../../db/imports/import-batch';
import { updateMany } from '../../usecases/users/update-many';
import { BulkAnswer, bulkAnswerOf, MOST_USERS } from './bulk-answer';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { onceReserved } from '../http/once';
import { BULK_BODY_LIMIT, bulkRows, readRow, readRows } from '../http/rows';
import { UserUpdate, updateOf } from './routes';

const BulkUpdate = z.object({
  users: bulkRows(UserUpdate, MOST_USERS, 'users'),
  createNewFields: z.boolean().nullish().describe('False leaves out fields that no user has had yet.'),
  updateOnly: z.boolean().nullish().describe('True leaves out users who are not known yet.'),
});

/** Many users in one call, each on its own. */
export function bulkUpdateRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/users/bulkUpdate',
    bodyLimit: BULK_BODY_LIMIT,
    config: { scope: 'trigger', iterable: true },
    schema: {
      operationId: 'bulkUpdateUsers',
      summary: 'Update many users',
      description: 'Each user by itself: those that cannot be updated are named, and the rest are.',
      tags: ['Iterable-compatible'],
      body: BulkUpdate,
      response: { 200: BulkAnswer, ...ERRORS },
    },
    handler: (request, reply) =>
      onceReserved(deps, request, reply, () => {
        const { users, createNewFields, updateOnly } = request.body;
        return updateAll(deps, users, { knownOnly: updateOnly ?? false }, createNewFields);
      }),
  });
}

/** Updates the user of each row, and puts them on the target's list. */
export async function updateAll(
  deps: AppDeps,
  rows: unknown[],
  target: ImportTarget,
  createNewFields?: boolean | null,
): Promise<BulkAnswer> {
  const { good, failed } = await readRows(rows, (row) => {
    const update = readRow(UserUpdate, row);
    return updateOf({ ...update, createNewFields: update.createNewFields ?? createNewFields });
  });
  const updates = good.map(({ value }) => value);
  const { refused, createdFields, filteredOutFields } = await updateMany(deps, updates, target);
  for (const [index, error] of refused) failed.push({ row: good[index]!.row, error });
  return bulkAnswerOf(rows.length, failed, {
    createdFields: [...createdFields],
    filteredOutFields: [...filteredOutFields],
  });
}
