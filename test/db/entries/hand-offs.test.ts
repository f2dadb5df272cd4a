import { eq } from 'drizzle-orm';
import { SYSTEM } from '../../../src/domain/audit';
import { eraseUser } from '../../../src/usecases/users/erase';
import { closeEntry } from '../../../src/db/entries/close';
import { mergeUsers } from '../../../src/usecases/users/merge';
import { outbox, handOffs } from '../../../src/db/schema';
import { MOST_HAND_OFFS, type HandOffOutcome, handOffUser } from '../../../src/usecases/journeys/hand-off';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { undispatched } from '../../support/database';

const AT = Date.parse('2026-01-31T09:30:00Z');
const firstRunId = 'run-1';

let world: ApiWorld;
/** Begins with a user of its own in each test. */
let email: string;
let users = 0;

beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  email = `user-${(users += 1)}@example.com`;
});

async function journey(fields: object = {}): Promise<number> {
  const { body } = await world.call('POST', '/api/journeys', { name: 'Test', tiles: [], ...fields });
  await world.call('POST', `/api/journeys/${body.id}/publish`);
  return body.id as number;
}

async function enter(workflowId: number, dataFields: object = {}): Promise<string> {
  const body = { workflowId, email, dataFields };
  return (await world.call('POST', '/api/workflows/triggerWorkflow', body)).body.params.entryId as string;
}

const send = (entryId: string, journeyId: number, more: object = {}): Promise<HandOffOutcome> =>
  handOffUser(
    world,
    { entryId, workflowId: entryId, firstRunId, tileId: 'on', visit: 1, journeyId, then: 'goOn', ...more },
    AT,
  );

const read = async (entryId: string) => (await world.call('GET', `/api/entries/${entryId}`)).body;
const entriesIn = async (journeyId: number) =>
  (await world.call('GET', `/api/entries?journeyId=${journeyId}&email=${email}`)).body.entries;

/** Asserts that a visit began an entry, and returns its id. */
function begun(outcome: HandOffOutcome): string {
  expect(outcome).toMatchObject({ kind: 'walked', sentTo: expect.stringMatching(/^ent_/), skipped: null });
  return (outcome as HandOffOutcome & { sentTo: string }).sentTo;
}

describe('a user who is sent to another journey', () => {
  it('enters it with the trigger data of the sending journey (B087, B091)', async () => {
    const [from, to] = [await journey(), await journey({ entry: { source: 'journey' } })];
    const sender = await enter(from, { plan: 'pro', nested: { b: 1, a: [null] } });
    const entryId = begun(await send(sender, to));
    expect(await read(entryId)).toMatchObject({ journeyId: to, email, status: 'accepted', sentBy: sender });
    expect(await read(sender)).toMatchObject({
      status: 'running',
      tileId: 'on',
      sentBy: null,
      sentTo: [{ tileId: 'on', journeyId: to, entryId, skipped: null }],
    });
    const rows = await world.db.execute(`select trigger_data from entries where id = '${entryId}'`);
    expect((rows as unknown as { rows: unknown[] }).rows).toEqual([
      { trigger_data: { plan: 'pro', nested: { b: 1, a: [null] } } },
    ]);
    expect(await world.db.select().from(outbox).where(eq(outbox.ref, entryId))).toHaveLength(1);
  });

  it('enters once, however often the tile’s visit is repeated, also concurrently', async () => {
    const [from, to] = [await journey(), await journey()];
    const sender = await enter(from);
    const first = begun(await send(sender, to));
    const enqueued = world.enqueued.length;
    const again = await Promise.all(Array.from({ length: 5 }, () => send(sender, to)));
    for (const outcome of again) expect(outcome).toMatchObject({ sentTo: first });
    expect(world.enqueued).toHaveLength(enqueued);
    const other = await enter(from);
    const sent = await Promise.all(Array.from({ length: 5 }, () => send(other, to)));
    expect(new Set(sent.map(begun)).size).toBe(1);
    expect(await entriesIn(to)).toHaveLength(2);
  });

  it('enters once more with each further visit of the tile', async () => {
    const [from, to] = [await journey(), await journey()];
    const sender = await enter(from);
    const ids = [await send(sender, to), await send(sender, to, { visit: 2 })].map(begun);
    expect(new Set(ids).size).toBe(2);
    expect((await read(sender)).sentTo).toHaveLength(2);
  });

  it('ends the sending entry in the same step if the tile is its last', async () => {
    const to = await journey();
    const sender = await enter(await journey());
    const last = { then: 'complete' };
    begun(await send(sender, to, last));
    expect(await read(sender)).toMatchObject({ status: 'completed', endedAt: new Date(AT).toISOString() });
    // The answer was lost, and the visit is repeated.
    expect(await send(sender, to, last)).toEqual({ kind: 'ended', end: { status: 'completed' } });
    expect(await entriesIn(to)).toHaveLength(1);
  });

  it('is published to event webhooks', async () => {
    const eventTypes = ['journey.entered', 'journey.completed'];
    const hook = { name: 'CRM', targetUrl: 'https://api.example.com/', eventTypes };
    const { body } = await world.call('POST', '/api/eventWebhooks', hook);
    const sender = await enter(await journey());
    const before = world.enqueued.length;
    await send(sender, await journey(), { then: 'complete' });
    const deliveries = world.enqueued.slice(before).filter((item) => 'deliveryId' in item);
    expect(deliveries).toEqual(Array(2).fill({ deliveryId: expect.stringMatching(/^dlv_/) }));
    await world.call('DELETE', `/api/eventWebhooks/${body.id}`);
  });

  it.each([
    ['lifetimeLimit', { lifetimeLimit: 1 }],
    ['simultaneousLimit', { simultaneousLimit: 1 }],
  ])('is refused by a %s', async (skipped, limit) => {
    const to = await journey(limit);
    const sender = await enter(await journey());
    begun(await send(sender, to));
    expect(await send(sender, to, { visit: 2 })).toMatchObject({ kind: 'walked', sentTo: null, skipped });
    expect((await read(sender)).sentTo[1]).toEqual({ tileId: 'on', journeyId: to, entryId: null, skipped });
  });

  it('is refused by a suppression list', async () => {
    const { body } = await world.call('POST', '/api/lists', { name: 'Out' });
    const to = await journey({ suppressionListIds: [body.listId] });
    const sender = await enter(await journey());
    await world.call('POST', '/api/lists/subscribe', { listId: body.listId, subscribers: [{ email }] });
    expect(await send(sender, to)).toMatchObject({ kind: 'walked', skipped: 'suppressed' });
  });

  it('passes a limit of one simultaneous entry, because the hand-off ends the sending entry', async () => {
    const loop = await journey({ simultaneousLimit: 1 });
    const sender = await enter(loop);
    expect(await send(sender, loop)).toMatchObject({ skipped: 'simultaneousLimit' });
    begun(await send(sender, loop, { visit: 2, then: 'complete' }));
  });

  it('goes on in the sending journey when the other accepts no entries', async () => {
    const to = await journey();
    await world.call('POST', `/api/journeys/${to}/unpublish`);
    const sender = await enter(await journey());
    expect(await send(sender, to)).toMatchObject({ kind: 'walked', skipped: 'notPublished' });
    await world.call('POST', `/api/journeys/${to}/publish`);
    // What a visit came to, it came to.
    expect(await send(sender, to)).toMatchObject({ kind: 'walked', skipped: 'notPublished' });
    expect(await entriesIn(to)).toEqual([]);
  });

  it('is not sent on for ever by journeys that send to each other', async () => {
    const loop = await journey();
    let [at] = [await enter(loop)];
    const ids = [at];
    for (let sent = 0; sent < MOST_HAND_OFFS; sent += 1) ids.push((at = begun(await send(at, loop))));
    // The whole chain has sent as often as it may: its last entry, its first, and any other.
    for (const entryId of [at, ids[0]!, ids[7]!]) {
      expect(await send(entryId, loop, { visit: 2 })).toMatchObject({ sentTo: null, skipped: 'chainLimit' });
    }
    begun(await send(await enter(loop), loop));
    // A day later it may go on.
    await world.db.update(handOffs).set({ createdAt: new Date(Date.now() - 86_400_000) });
    begun(await send(at, loop, { visit: 3 }));
  });

  it('is not sent by an entry that is closed or owned by another run', async () => {
    const to = await journey();
    const closed = await enter(await journey());
    await closeEntry(
      undispatched(world.db),
      { entryId: closed, workflowId: closed, firstRunId },
      { status: 'completed' },
      AT,
    );
    expect(await send(closed, to)).toEqual({ kind: 'ended', end: { status: 'completed' } });
    const taken = await enter(await journey());
    expect(await send(taken, to, { firstRunId: 'run-2' })).toMatchObject({ kind: 'walked' });
    expect(await send(taken, to, { visit: 2 })).toEqual({ kind: 'superseded' });
    // A workflow that somebody started by hand with this entry's id in its argument.
    const untaken = await enter(await journey());
    expect(await send(untaken, to, { workflowId: 'theirs' })).toEqual({ kind: 'superseded' });
    await closeEntry(
      undispatched(world.db),
      { entryId: untaken, workflowId: 'theirs', firstRunId },
      { status: 'completed' },
      AT,
    );
    expect(await read(untaken)).toMatchObject({ status: 'accepted' });
  });

  it('is the merge’s destination once merged, and no one once erased', async () => {
    const [from, to] = [await journey(), await journey()];
    const merged = await enter(from);
    const destination = { userId: `merged-${users}` };
    await world.call('POST', '/api/users/update', destination);
    await mergeUsers({ ...world, author: SYSTEM }, { email }, destination);
    expect(await read(begun(await send(merged, to)))).toMatchObject(destination);
    const erased = await enter(from);
    await eraseUser({ ...world, author: SYSTEM }, { email }, AT);
    expect(await send(erased, to)).toMatchObject({ kind: 'ended', end: { reason: 'user_deleted' } });
  });
});
