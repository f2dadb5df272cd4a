import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { insertList } from '../../../src/db/lists/lists';
import { entries, events, handOffs, listUsers, steps, users, waits } from '../../../src/db/schema';
import { calmEvents } from '../../support/history';
import { readable } from '../../support/readable';
import { until } from '../../support/until';
import { createWorld, type World } from '../../support/world';

let world: World;
/** Its time is real: a wait does not end by itself. */
let calm: World;

beforeAll(async () => {
  world = await createWorld();
  calm = await createWorld({ skipTime: false });
});
afterAll(async () => {
  await world.close();
  await calm.close();
});

/** Walks a new user through these tiles. */
async function walk(tiles: object[], dataFields: Record<string, unknown> = {}) {
  const email = `${randomUUID()}@example.com`;
  const entryId = await world.enter(await world.journey(tiles), { identity: { email }, dataFields });
  const { entry, deliveries } = await world.ended(entryId);
  const [user] = await world.db.select().from(users).where(eq(users.email, email));
  const rows = await world.db.select().from(steps).where(eq(steps.entryId, entryId));
  const stepAt = (wanted: string) => rows.find(({ tileId }) => tileId === wanted);
  const { events: history } = await world.client.workflow.getHandle(entryId).fetchHistory();
  return { entry, user: user!, stepAt, history, called: deliveries.map(({ tileId }) => tileId) };
}

const is = (field: string, value: unknown) => ({ field, is: 'equals', value });
const OUT = { id: 'out', type: 'exit', reason: 'out' };

describe('the tile updateProfile', () => {
  it('merges fields, whose types a tag keeps, and the tiles after it read them', async () => {
    const fields = {
      plan: '{{plan}}',
      total: '{{order.total}}',
      text: 'Total {{order.total}}',
      missing: '{{nothing}}',
      nested: { items: ['{{order.total}}', { of: '{{plan}}' }], constant: 1 },
    };
    const { user, stepAt, history, called } = await walk(
      [
        { id: 'update', type: 'updateProfile', fields },
        { id: 'split', type: 'yesNoSplit', when: is('profile.total', 42.5), no: 'exit' },
        { id: 'call', type: 'webhook', webhookId: await world.webhook() },
      ],
      { plan: 'purple', order: { total: 42.5 } },
    );
    expect(user.dataFields).toEqual({
      ...{ plan: 'purple', total: 42.5, text: 'Total 42.5' },
      nested: { items: [42.5, { of: 'purple' }], constant: 1 },
    });
    expect(stepAt('update')).toMatchObject({ way: 'next', why: 'set plan, total, text, nested' });
    expect(called).toEqual(['call']);
    expect(calmEvents(history)).toHaveLength(5 + 1 + 6);
    expect(readable(history)).not.toMatch(/purple|42\.5/);
  });

  it.each<[string, object, string]>([
    ['a field of another type', { amount: '{{text}}' }, 'amount'],
    ['a template that fails', { amount: '{{pathSegment nothing}}' }, 'The tile'],
  ])('changes nothing because of %s, and goes the way for it', async (_what, fields, named) => {
    const first = { id: 'first', type: 'updateProfile', fields: { amount: 1 } };
    const second = {
      id: 'second',
      type: 'updateProfile',
      fields: { also: 'x', ...fields },
      onFailure: 'out',
    };
    const data = { text: 'no number' };
    const { entry, user, stepAt } = await walk([first, second, { id: 'never', type: 'exit' }, OUT], data);
    expect(user.dataFields).toEqual({ amount: 1 });
    expect(stepAt('second')).toMatchObject({ way: 'failure', nextTile: 'out' });
    expect(stepAt('second')!.why).toContain(named);
    expect(entry).toMatchObject({ status: 'completed', detail: 'out' });
    const { onFailure: _left, ...without } = second;
    const other = await walk([first, without, OUT], data);
    expect(other.stepAt('second')).toMatchObject({ way: 'failure', nextTile: 'out' });
  });
});

describe('the tiles updateList and trackEvent', () => {
  it('put the user on a list, record an event, and start no journeys', async () => {
    const listId = (await insertList(world.db, { name: 'Buyers', description: '' }))!;
    const sources = [
      { source: 'listSubscribe', listId },
      { source: 'event', eventName: 'noted' },
      { source: 'profileUpdate', field: 'noted' },
    ];
    const others = await Promise.all(sources.map((entry) => world.journey([OUT], undefined, { entry })));
    const { user, stepAt } = await walk(
      [
        { id: 'on', type: 'updateList', listId, action: 'subscribe' },
        { id: 'track', type: 'trackEvent', eventName: 'noted', dataFields: { total: '{{total}}' } },
        { id: 'update', type: 'updateProfile', fields: { noted: true } },
        { id: 'off', type: 'updateList', listId, action: 'unsubscribe' },
        { id: 'again', type: 'updateList', listId, action: 'unsubscribe' },
      ],
      { total: 7 },
    );
    const [event] = await world.db.select().from(events).where(eq(events.userId, user.id));
    expect(event).toMatchObject({ kind: 'customEvent', name: 'noted', dataFields: { total: 7 } });
    expect(await world.db.select().from(listUsers).where(eq(listUsers.userId, user.id))).toEqual([]);
    expect(stepAt('on')!.why).toBe(`subscribed: list ${listId}`);
    expect(stepAt('again')!.why).toBe(`was not on list ${listId} already`);
    for (const journeyId of others) {
      expect(await world.db.select().from(entries).where(eq(entries.journeyId, journeyId))).toEqual([]);
    }
    expect(await world.db.select().from(handOffs)).toEqual([]);
  });

  it('end the waits of the user’s other entries', async () => {
    const email = `${randomUUID()}@example.com`;
    const waiting = await calm.journey([
      { id: 'wait', type: 'waitFor', for: [{ event: 'noted', next: 'out' }], timeout: '1 day' },
      { id: 'late', type: 'exit', reason: 'late' },
      OUT,
    ]);
    const waiter = await calm.enter(waiting, { identity: { email } });
    await until(async () => (await calm.db.select().from(waits)).length > 0);
    const tracking = await calm.journey([{ id: 'track', type: 'trackEvent', eventName: 'noted' }]);
    await calm.ended(await calm.enter(tracking, { identity: { email } }));
    expect((await calm.ended(waiter)).entry).toMatchObject({ status: 'completed', detail: 'out' });
  });
});
