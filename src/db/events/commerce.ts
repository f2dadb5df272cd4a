import type { Database } from '../connection/client';
import { insertEvent } from './events';
import type { OutboxItem } from '../outbox';
import type { NewEvent } from './insert';
import { startMatchingJourneys } from '../entries/start';
import { updateLockedUser, type UserUpdate } from '../users/users';

/** The profile field that holds what lies in the user's cart. */
const CART = 'shoppingCartItems';

export interface CommerceEvent extends Omit<NewEvent, 'name' | 'kind'> {
  kind: 'purchase' | 'cartUpdate';
  items: unknown[];
  /** Of a purchase. */
  total?: number;
}

/**
 * Updates the user, records the purchase or the cart as an event, and accepts the entries that all of it begins, in
 * one transaction. A purchase empties the user's cart, an update of the cart fills it.
 */
export async function recordCommerce(
  db: Database,
  update: UserUpdate,
  { items, total, ...event }: CommerceEvent,
): Promise<OutboxItem[]> {
  const { kind, campaignId, templateId, createdAt } = event;
  return db.transaction(async (tx) => {
    const { user, items: begunByUpdate } = await updateLockedUser(tx, update, (profile) => {
      if (kind === 'cartUpdate') return { ...profile, [CART]: items };
      const { [CART]: _bought, ...rest } = profile;
      return rest;
    });
    const dataFields = { ...event.dataFields, ...(total !== undefined && { total }), [CART]: items };
    const { fresh } = await insertEvent(tx, user, { ...event, name: kind, dataFields });
    if (!fresh) return begunByUpdate;
    const triggerData = {
      ...dataFields,
      ...(campaignId !== undefined && { campaignId }),
      ...(templateId !== undefined && { templateId }),
      createdAt: new Date(createdAt).toISOString(),
      eventType: kind,
      eventName: kind,
    };
    return [...begunByUpdate, ...(await startMatchingJourneys(tx, user, [{ kind }], triggerData))];
  });
}
