import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { SYSTEM } from '../../../src/domain/audit';
import { rowsOf } from '../../../src/db/connection/client';
import { beginDelivery, deliveryIdOf, openAttempt } from '../../../src/db/deliveries/deliveries';
import { closeAttempt } from '../../../src/db/deliveries/close';
import { acceptEntry } from '../../../src/db/entries/accept';
import { insertStartedEntry } from '../../../src/db/entries/entries';
import { enqueuing } from '../../../src/db/enqueue';
import { newEntryId } from '../../../src/db/entries/insert';
import { closeEntry } from '../../../src/db/entries/close';
import { exitOne } from '../../../src/usecases/entries/exit-one';
import { eraseUser } from '../../../src/usecases/users/erase';
import { attempts, deliveries, entries, outbox } from '../../../src/db/schema';
import { findUser, updateUser } from '../../../src/db/users/users';
import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';
import { until } from '../../support/until';
import { undispatched } from '../../support/database';

const AT = Date.parse('2025-01-31T09:30:00Z');
const RUN = 'run-1';

let world: ApiWorld;
let journeyId: number;
let webhookId: number;
/** Stands in everything personal of a test, so that it can be looked for. */
let mark: string;
let identity: { email: string };

beforeAll(async () => {
  world = await createApiWorld();
  ({ journeyId, webhookId } = await publishJourney(world));
});
afterAll(() => world.close());
beforeEach(() => {
  mark = `needle${randomBytes(6).toString('hex')}`;
  identity = { email: `${mark}@example.com` };
});

const update = (more: object = {}) =>
  updateUser(world, {
    ...identity,
    dataFields: { name: mark },
    mergeNestedObjects: false,
    createNewFields: true,
    ...more,
  });
const erase = () => eraseUser({ ...world, author: SYSTEM }, identity, AT);

/** The attempts of an entry's one delivery. */
const attemptsOf = (entryId: string) =>
  world.db
    .select()
    .from(attempts)
    .where(eq(attempts.deliveryId, keyOf(entryId).deliveryId));

async function enter(): Promise<string> {
  const entryId = newEntryId();
  const entry = { entryId, journeyId, identity, triggerData: { city: mark } };
  await enqueuing(world, (db) => acceptEntry(db, entry));
  return entryId;
}

const visitOf = (entryId: string) => ({
  entryId,
  workflowId: entryId,
  firstRunId: RUN,
  tileId: 'crm',
  visit: 1,
});
const keyOf = (entryId: string) => ({ deliveryId: deliveryIdOf(visitOf(entryId)), generation: 1, number: 1 });

function open(entryId: string): Promise<boolean> {
  const request = Buffer.from(mark);
  return openAttempt(world.db, visitOf(entryId), keyOf(entryId), { journeyId, webhookId, request, at: AT });
}

/** With `end`, the answer ends the delivery and the entry too. */
async function close(entryId: string, end?: boolean): Promise<void> {
  const settlement = {
    status: 'delivered',
    reason: null,
    detail: null,
    entry: { status: 'completed' },
  } as const;
  const result = {
    outcome: { kind: 'delivered' } as const,
    status: 200,
    durationMs: 1,
    nextAttemptAt: null,
    refusedEarly: false,
    responseHeaders: { 'x-name': mark },
    responseBody: mark,
  };
  const call = { ...visitOf(entryId), journeyId, webhookId, test: false };
  await closeAttempt(undispatched(world.db), call, keyOf(entryId), result, end ? settlement : undefined, AT);
}

/** Begins, opens and closes an attempt of the entry's one delivery. */
async function deliver(entryId: string): Promise<void> {
  expect(await beginDelivery(world.db, visitOf(entryId), AT)).toBeDefined();
  expect(await open(entryId)).toBe(true);
  await close(entryId);
}

/** The tables with a row in which the mark stands. */
async function tablesWithMark(): Promise<string[]> {
  const tables = await rowsOf<{ name: string }>(
    world.db,
    sql`select tablename as name from pg_tables where schemaname = 'public'`,
  );
  const found = [];
  for (const { name } of tables) {
    const marked = await rowsOf(
      world.db,
      sql`select 1 from ${sql.identifier(name)} as t
          where to_jsonb(t)::text like ${`%${mark}%`} or to_jsonb(t)::text like ${`%${Buffer.from(mark).toString('hex')}%`}`,
    );
    if (marked.length > 0) found.push(name);
  }
  return found.sort();
}

const entryOf = async (id: string) => (await world.db.select().from(entries).where(eq(entries.id, id)))[0]!;
const deliveryOf = async (id: string) =>
  (await world.db.select().from(deliveries).where(eq(deliveries.entryId, id)))[0]!;

/** How many statements wait for a lock that another holds. */
async function waiting(): Promise<number> {
  const found = await rowsOf(
    world.db,
    sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return found.length;
}

describe('a user who is erased', () => {
  it('leaves nothing in any table', async () => {
    await update({ userId: mark });
    const ended = await enter();
    await deliver(ended);
    await exitOne({ ...world, author: SYSTEM }, ended, `${mark} called.`);
    const signalled = await enter();
    await deliver(signalled);
    await closeEntry(
      undispatched(world.db),
      { entryId: signalled, workflowId: signalled, firstRunId: RUN },
      { status: 'cancelled', reason: 'operator', detail: `${mark} wrote this with the signal.` },
      AT,
    );
    const running = await enter();
    await world.db
      .update(entries)
      .set({ liveData: { score: mark } })
      .where(eq(entries.id, running));
    await deliver(running);
    const event = { ...identity, eventName: mark, dataFields: { city: mark } };
    expect((await world.call('POST', '/api/events/track', event)).status).toBe(200);
    const consent = { ...identity, category: mark, action: 'decline' };
    expect((await world.call('POST', '/api/users/consent', consent)).status).toBe(200);
    const marked = ['attempts', 'deliveries', 'entries', 'events', 'user_consents', 'users'];
    expect(await tablesWithMark()).toEqual(marked);

    expect(await erase()).toBe(true);
    expect(await tablesWithMark()).toEqual([]);
  });

  it('leaves no wait, callback, refusal or branch, and steps without a reason', async () => {
    await update();
    const entryId = await enter();
    await beginDelivery(world.db, visitOf(entryId), AT);
    await open(entryId);
    const { deliveryId } = keyOf(entryId);
    const { id: user } = (await findUser(world.db, identity))!;
    await world.db.execute(sql`
      insert into waits (id, entry_id, tile_id, visit, user_id, keys, arms, name, since_seq, opened_at, deadline)
      values (${`${entryId}/wait/1`}, ${entryId}, 'wait', 1, ${user}, array[${mark}],
        ${JSON.stringify([{ event: mark }])}, 'wait', 1, now(), now() + interval '1 day')`);
    await world.db.execute(sql`
      insert into callbacks (id, delivery_id, entry_id, tile_id, token_hash, called_at, status, data)
      values (${`${entryId}/crm/1`}, ${deliveryId}, ${entryId}, 'crm', ${Buffer.from(entryId)}, now(), 'success',
        ${JSON.stringify({ name: mark })})`);
    await world.db.execute(sql`
      insert into steps (entry_id, journey_id, version, tile_id, visit, at, why)
      values (${entryId}, ${journeyId}, 1, 'wait', 1, now(), ${mark})`);
    await world.db.execute(sql`
      insert into entry_refusals (user_id, journey_id, reason) values (${user}, ${journeyId}, 'where')`);
    await world.db.execute(
      sql`insert into split_branches (user_id, key, branch) values (${user}, ${mark}, 'a')`,
    );
    const ofUser = async (table: string) =>
      (await rowsOf(world.db, sql`select 1 from ${sql.identifier(table)} where user_id = ${user}`)).length;
    const tables = ['waits', 'entry_refusals', 'split_branches'];
    expect(await Promise.all(tables.map(ofUser))).toEqual([1, 1, 1]);
    expect(await tablesWithMark()).toEqual(expect.arrayContaining(['callbacks', 'steps', 'waits']));

    await erase();
    expect(await tablesWithMark()).toEqual([]);
    expect(await Promise.all(tables.map(ofUser))).toEqual([0, 0, 0]);
    expect((await rowsOf(world.db, sql`select 1 from steps where entry_id = ${entryId}`)).length).toBe(1);
  });

  it('leaves the entries for statistics: journey, version, tile, status, times, reason', async () => {
    const ended = await enter();
    await deliver(ended);
    const end = { status: 'exited', reason: 'http_status', detail: 'Answered 503.' } as const;
    await closeEntry(undispatched(world.db), { entryId: ended, workflowId: ended, firstRunId: RUN }, end, AT);
    const before = await entryOf(ended);
    const delivery = await deliveryOf(ended);

    await erase();
    expect(await entryOf(ended)).toEqual({ ...before, userId: null, triggerData: {} });
    expect(await deliveryOf(ended)).toEqual({ ...delivery, request: null });
  });

  it('leaves the entries under way, whose exit signals are enqueued', async () => {
    const entryId = await enter();
    await deliver(entryId);
    await erase();
    const end = { reason: 'user_deleted', detail: 'The user was deleted.', endedAt: new Date(AT) };
    expect(await entryOf(entryId)).toMatchObject({ ...end, status: 'cancelled', tileId: 'crm' });
    expect(await deliveryOf(entryId)).toMatchObject({ ...end, status: 'failed' });
    const exits = await world.db.select().from(outbox).where(eq(outbox.kind, 'exit'));
    expect(exits.map(({ ref }) => ref)).toContain(entryId);
  });

  it('is not the user created later with the same email', async () => {
    const old = await enter();
    await erase();
    expect(await findUser(world.db, identity)).toBeUndefined();
    expect(await erase()).toBe(false);
    const fresh = await enter();
    expect((await findUser(world.db, identity))!.dataFields).toEqual({});
    expect((await entryOf(old)).userId).toBeNull();
    expect((await entryOf(fresh)).status).toBe('accepted');
  });

  it('does not come back when a bare client’s workflow runs again', async () => {
    const entry = {
      entryId: `ent_${mark}`.replace('needle', ''),
      workflowId: 'bare',
      firstRunId: RUN,
      journeyId,
      version: 1,
      identity,
      triggerData: { city: mark },
      at: AT,
    };
    await insertStartedEntry(undispatched(world.db), entry);
    await erase();
    await insertStartedEntry(undispatched(world.db), entry);
    expect(await findUser(world.db, identity)).toBeUndefined();
    expect(await tablesWithMark()).toEqual([]);
  });
});

describe('a delivery under way when its user is erased', () => {
  it('that was not opened yet is not sent', async () => {
    const entryId = await enter();
    await beginDelivery(world.db, visitOf(entryId), AT);
    await erase();
    expect(await open(entryId)).toBe(false);
    expect(await deliveryOf(entryId)).toBeUndefined();
    expect(await beginDelivery(world.db, visitOf(entryId), AT)).toBeUndefined();
  });

  it('records the outcome of its answer, but no content', async () => {
    const entryId = await enter();
    await beginDelivery(world.db, visitOf(entryId), AT);
    await open(entryId);
    await erase();
    await close(entryId);
    expect(await attemptsOf(entryId)).toMatchObject([
      { status: 200, outcome: 'delivered', responseHeaders: {}, responseBody: '' },
    ]);
    expect(await tablesWithMark()).toEqual([]);
  });

  it('cannot write live data back', async () => {
    const entryId = await enter();
    await erase();
    const written = world.db
      .update(entries)
      .set({ liveData: { score: mark } })
      .where(eq(entries.id, entryId));
    await expect(written).rejects.toThrow();
  });

  // The embedded database has one connection: there two statements never meet.
  (process.env.DATABASE_URL ? it : it.skip)('waits for an erasure that has begun', async () => {
    const [entryId, ended] = [await enter(), await enter()];
    for (const id of [entryId, ended]) {
      await beginDelivery(world.db, visitOf(id), AT);
      await open(id);
    }
    await closeEntry(undispatched(world.db), visitOf(ended), { status: 'completed' }, AT);
    const writing: Promise<void>[] = [];
    await world.db.transaction(async (tx) => {
      await eraseUser({ ...world, db: tx, author: SYSTEM }, identity, AT);
      writing.push(close(entryId, true), close(ended));
      await until(async () => (await waiting()) === 2);
    });
    await Promise.all(writing);
    expect(await tablesWithMark()).toEqual([]);
    for (const id of [entryId, ended]) expect(await attemptsOf(id)).toMatchObject([{ status: 200 }]);
  });
});

describe('an update of a user who is being erased', () => {
  (process.env.DATABASE_URL ? it : it.skip)('makes a new user', async () => {
    await update();
    let updating: Promise<unknown>;
    await world.db.transaction(async (tx) => {
      await eraseUser({ ...world, db: tx, author: SYSTEM }, identity, AT);
      updating = update({ dataFields: { city: 'Lyon' } });
      await until(async () => (await waiting()) === 1);
    });
    await updating!;
    expect((await findUser(world.db, identity))!.dataFields).toEqual({ city: 'Lyon' });
  });
});

describe('an erasure in the middle of everything else', () => {
  it('causes no error, and leaves nothing', async () => {
    for (let round = 0; round < 4; round++) {
      const ids = await Promise.all(Array.from({ length: 6 }, enter));
      for (const id of ids) await beginDelivery(world.db, visitOf(id), AT);
      const [late, ...opened] = ids;
      for (const id of opened) await open(id);
      const closing = opened.map((id) => close(id, true));
      await Promise.all([...closing, open(late!), erase(), enter(), update()]);
      await erase();
      expect(await tablesWithMark()).toEqual([]);
    }
  });
});
