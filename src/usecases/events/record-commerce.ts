import { type EnqueueDeps, transact } from '../../db/enqueue';
import { insertEvent } from '../../db/events/events';
import type { NewEvent } from '../../db/events/insert';
import { noticeEvent } from '../../db/waits/notice-change';
import { startMatchingJourneys } from '../../db/entries/start';
import { eventDataOf } from '../../domain/journeys/event-data';
import { updateLockedUser, type UserUpdate } from '../../db/users/users';

/** The profile field with the items in the user's cart. */
const CART = 'shoppingCartItems';

export interface CommerceEvent extends Omit<NewEvent, 'name' | 'kind'> {
  kind: 'purchase' | 'cartUpdate';
  items: unknown[];
  /** Only of a purchase. */
  total?: number;
}

/**
 * Updates the user, records the purchase or the cart as an event, and accepts the entries that both start, in one
 * transaction. A purchase empties the user's cart, an update of the cart fills it.
 */
export async function recordCommerce(
  deps: EnqueueDeps,
  update: UserUpdate,
  { items, total, ...event }: CommerceEvent,
): Promise<void> {
  const { kind } = event;
  return transact(deps, async (tx) => {
    const { user } = await updateLockedUser(tx, update, (profile) => {
      if (kind === 'cartUpdate') return { ...profile, [CART]: items };
      const { [CART]: _bought, ...rest } = profile;
      return rest;
    });
    const dataFields = { ...event.dataFields, ...(total !== undefined && { total }), [CART]: items };
    const recorded = { ...event, name: kind, dataFields };
    const inserted = await insertEvent(tx, user, recorded);
    if (!inserted.fresh) return;
    await noticeEvent(tx, user, recorded, inserted);
    await startMatchingJourneys(tx, user, [{ kind }], eventDataOf(recorded));
  });
}
