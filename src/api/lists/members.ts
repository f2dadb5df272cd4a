import { badParams } from '../../domain/errors';
import { z } from 'zod';
import { unsubscribe } from '../../usecases/users/subscribe';
import { BulkAnswer, bulkAnswerOf, MOST_USERS } from '../users/bulk-answer';
import { updateAll } from '../users/bulk-update';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { onceReserved } from '../http/once';
import { BULK_BODY_LIMIT, bulkRows, readRow, readRows } from '../http/rows';
import { requiredNamesOf, unknownUser } from '../users/identity';
import { refuseInvalidList } from '../../usecases/users/refuse-invalid-list';
import { MAX_INT } from '../../db/connection/ids';
import { UserUpdate } from '../users/routes';

const Subscription = z.object({
  listId: z.int(),
  subscribers: bulkRows(UserUpdate, MOST_USERS, 'users'),
  updateExistingUsersOnly: z.boolean().nullish().describe('True leaves out users who are not known yet.'),
});

const Unsubscriber = z.object({ email: z.string().nullish(), userId: z.string().nullish() });

const Unsubscription = z.object({
  listId: z.int(),
  subscribers: bulkRows(Unsubscriber, MOST_USERS, 'users'),
  campaignId: z.int().min(0).max(MAX_INT).nullish().describe('In the trigger data of what it begins.'),
  channelUnsubscribe: z.boolean().nullish().describe('True is refused: there are no channels.'),
});

const TAGS = ['Iterable-compatible'];
const config = { scope: 'trigger', iterable: true } as const;
const response = { 200: BulkAnswer, ...ERRORS };

/** Puts users on a list and takes them off. A real change starts journeys with that entry source (B087, B091). */
export function listMemberRoutes(app: Api, deps: AppDeps): void {
  subscribeRoute(app, deps);
  unsubscribeRoute(app, deps);
}

function subscribeRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/lists/subscribe',
    bodyLimit: BULK_BODY_LIMIT,
    config,
    schema: {
      operationId: 'subscribeToList',
      summary: 'Put users on a list',
      description: 'Each user by itself: those that cannot be subscribed are named, and the rest are.',
      tags: TAGS,
      body: Subscription,
      response,
    },
    handler: (request, reply) =>
      onceReserved(deps, request, reply, async () => {
        const { listId, subscribers, updateExistingUsersOnly } = request.body;
        await refuseInvalidList(deps.db, listId);
        return updateAll(deps, subscribers, { listId, knownOnly: updateExistingUsersOnly ?? false });
      }),
  });
}

function unsubscribeRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/lists/unsubscribe',
    bodyLimit: BULK_BODY_LIMIT,
    config,
    schema: {
      operationId: 'unsubscribeFromList',
      summary: 'Take users off a list',
      description: 'A user who is not on the list counts as unsubscribed.',
      tags: TAGS,
      body: Unsubscription,
      response,
    },
    handler: (request, reply) =>
      onceReserved(deps, request, reply, async () => {
        const { listId, subscribers, campaignId, channelUnsubscribe } = request.body;
        if (channelUnsubscribe) {
          throw badParams({ channelUnsubscribe: 'There are no channels to unsubscribe from. Leave it out.' });
        }
        await refuseInvalidList(deps.db, listId);
        const triggerData = typeof campaignId === 'number' ? { campaignId } : {};
        return unsubscribeAll(deps, listId, subscribers, triggerData);
      }),
  });
}

async function unsubscribeAll(
  deps: AppDeps,
  listId: number,
  rows: unknown[],
  triggerData: Record<string, unknown>,
): Promise<BulkAnswer> {
  const { good, failed } = await readRows(rows, (row) => requiredNamesOf(readRow(Unsubscriber, row)));
  for (const { row, value: names } of good) {
    const known = await unsubscribe(deps, listId, names, triggerData);
    if (!known) failed.push({ row, error: unknownUser(names) });
  }
  return bulkAnswerOf(rows.length, failed, { createdFields: [], filteredOutFields: [] });
}
