import { badParams } from '../../domain/errors';
import { z } from 'zod';
import { subscribe, unsubscribe } from '../../usecases/users/subscribe';
import { applyEach, BulkAnswer, MOST_USERS } from '../users/bulk-answer';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { requiredIdentityOf, unknownUser } from '../users/identity';
import { refuseInvalidList } from '../../usecases/users/refuse-invalid-list';
import { MAX_INT } from '../../db/connection/ids';
import { UserUpdate, updateOf } from '../users/routes';

const Subscription = z.object({
  listId: z.int(),
  subscribers: z.array(UserUpdate.omit({ createNewFields: true })).max(MOST_USERS),
  updateExistingUsersOnly: z.boolean().nullish().describe('True leaves out users who are not known yet.'),
});

const Unsubscription = z.object({
  listId: z.int(),
  subscribers: z
    .array(z.object({ email: z.string().nullish(), userId: z.string().nullish() }))
    .max(MOST_USERS),
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
    config,
    schema: {
      operationId: 'subscribeToList',
      summary: 'Put users on a list',
      description: 'Each user by itself: those that cannot be subscribed are named, and the rest are.',
      tags: TAGS,
      body: Subscription,
      response,
    },
    handler: async ({ body: { listId, subscribers, updateExistingUsersOnly } }) => {
      await refuseInvalidList(deps.db, listId);
      const knownOnly = updateExistingUsersOnly ?? false;
      return applyEach(subscribers, async (subscriber) => {
        const update = updateOf(subscriber);
        const subscribed = await subscribe(deps, listId, update, knownOnly);
        if (subscribed === undefined) throw unknownUser(update);
        return subscribed;
      });
    },
  });
}

function unsubscribeRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/lists/unsubscribe',
    config,
    schema: {
      operationId: 'unsubscribeFromList',
      summary: 'Take users off a list',
      description: 'A user who is not on the list counts as unsubscribed.',
      tags: TAGS,
      body: Unsubscription,
      response,
    },
    handler: async ({ body: { listId, subscribers, campaignId, channelUnsubscribe } }) => {
      if (channelUnsubscribe) {
        throw badParams({ channelUnsubscribe: 'There are no channels to unsubscribe from. Leave it out.' });
      }
      await refuseInvalidList(deps.db, listId);
      const triggerData = typeof campaignId === 'number' ? { campaignId } : {};
      return applyEach(subscribers, async (subscriber) => {
        const identity = requiredIdentityOf(subscriber);
        const known = await unsubscribe(deps, listId, identity, triggerData);
        if (!known) throw unknownUser(identity);
        return {};
      });
    },
  });
}
