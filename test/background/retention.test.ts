import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { deliveryIdOf, openAttempt } from '../../src/db/deliveries/deliveries';
import { claimEntrySql } from '../../src/db/entries/entries';
import { closeEntry } from '../../src/db/entries/close';
import { rowsOf } from '../../src/db/connection/client';
import { applyRetention, startRetention } from '../../src/background/retention';
import { type ApiWorld, createApiWorld, publishJourney } from '../support/api-world';
import { until } from '../support/until';
import { undispatched } from '../support/database';

const DAY_MS = 86_400_000;
const RUN = 'run-1';

let world: ApiWorld;
let journeyId: number;
let webhookId: number;

beforeAll(async () => {
  world = await createApiWorld();
  ({ journeyId, webhookId } = await publishJourney(world));
});
afterAll(() => world.close());

const silent = pino({ level: 'silent' });
const cleanUp = (retentionDays: number) => applyRetention({ db: world.db, log: silent, retentionDays });

/** An entry with one delivery and one attempt that ended some days ago; without a number it is open. */
async function entry(endedDaysAgo?: number): Promise<string> {
  const { body } = await world.call('POST', '/api/workflows/triggerWorkflow', {
    workflowId: journeyId,
    email: 'test.user@example.com',
  });
  const { entryId } = body.params;
  const at = Date.now() - (endedDaysAgo ?? 1_000) * DAY_MS;
  const visit = { entryId, workflowId: entryId, firstRunId: RUN, tileId: 'crm', visit: 1 };
  await world.db.execute(claimEntrySql(visit, 'crm', at));
  const key = { deliveryId: deliveryIdOf(visit), generation: 1, number: 1 };
  await openAttempt(world.db, visit, key, { journeyId, webhookId, request: Buffer.alloc(1), at });
  if (endedDaysAgo !== undefined)
    await closeEntry(undispatched(world.db), visit, { status: 'completed' }, at);
  return entryId;
}

/** How many rows an entry has: itself, its deliveries, their attempts. */
async function rowsOfEntry(id: string): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    world.db,
    sql`select (select count(*) from entries where id = ${id})
      + (select count(*) from deliveries where entry_id = ${id})
      + (select count(*) from attempts join deliveries on delivery_id = deliveries.id where entry_id = ${id}) as count`,
  );
  return row!.count;
}

const count = async (table: string): Promise<number> =>
  (await rowsOf<{ count: number }>(world.db, sql`select count(*) as count from ${sql.identifier(table)}`))[0]!
    .count;

describe('the cleaner', () => {
  it('deletes entries past their retention, with all their rows', async () => {
    const [older, younger, open] = [await entry(31), await entry(29), await entry()];
    await cleanUp(30);
    expect([await rowsOfEntry(older), await rowsOfEntry(younger), await rowsOfEntry(open)]).toEqual([
      0, 3, 3,
    ]);
    await cleanUp(28);
    expect(await rowsOfEntry(younger)).toBe(0);
    expect(await rowsOfEntry(open)).toBe(3);
  });

  it('deletes the steps, waits and callbacks of an entry with it', async () => {
    const [older, open] = [await entry(31), await entry()];
    const tables = ['steps', 'waits', 'callbacks'];
    for (const id of [older, open]) {
      await world.db.execute(sql`
        with delivery as (select id from deliveries where entry_id = ${id}),
        step as (
          insert into steps (entry_id, journey_id, version, tile_id, visit, at)
          values (${id}, ${journeyId}::int, 1, 'wait', 1, now())
        ),
        wait as (
          insert into waits (id, entry_id, tile_id, visit, name, since_seq, opened_at, deadline, woken_at)
          values (${`${id}/wait/1`}, ${id}, 'wait', 1, 'wait', 1, now(), now(), now())
        )
        insert into callbacks (id, delivery_id, entry_id, tile_id, token_hash)
        select ${`${id}/crm/1`}, id, ${id}, 'crm', ${Buffer.from(id)}::bytea from delivery`);
    }
    await cleanUp(30);
    for (const table of tables) {
      const left = await rowsOf(
        world.db,
        sql`
        select entry_id as id from ${sql.identifier(table)} where entry_id in (${older}, ${open})`,
      );
      expect([table, left]).toEqual([table, [{ id: open }]]);
    }
  });

  it('deletes whom a journey refused by the last time', async () => {
    await entry();
    for (const [reason, days] of [
      ['where', 31],
      ['reentry', 29],
    ] as const) {
      await world.db.execute(sql`
        insert into entry_refusals (user_id, journey_id, reason, count, at)
        select min(id), ${journeyId}::int, ${reason}, 2, now() - ${`${days} days`}::interval from users`);
    }
    await cleanUp(30);
    expect(await rowsOf(world.db, sql`select reason from entry_refusals`)).toEqual([{ reason: 'reentry' }]);
  });

  it('deletes more than one batch', async () => {
    const ended = new Date(Date.now() - 60 * DAY_MS).toISOString();
    const before = await count('entries');
    await world.db.execute(sql`
      insert into entries (id, journey_id, version, user_id, status, workflow_id, started_at, ended_at)
      select 'ent_many' || n, ${journeyId}::int, 1, (select min(id) from users), 'completed', 'many' || n,
        ${ended}::timestamptz, ${ended}::timestamptz
      from generate_series(1, 450) as n`);
    await cleanUp(30);
    expect(await count('entries')).toBe(before);
  });

  it('deletes events with their deliveries by the same age, unless one is under way', async () => {
    const [target] = await rowsOf<{ id: number }>(
      world.db,
      sql`insert into event_webhooks (name, target_url, event_types, enabled, send_secret_key)
          values ('CRM', 'https://crm.example.com', '{}', false, true) returning id`,
    );
    for (const [id, days, ended] of [
      ['old', 31, 31],
      ['late', 31, 29],
      ['under way', 31, null],
      ['young', 29, 29],
    ] as const) {
      const ago = (age: number) => new Date(Date.now() - age * DAY_MS).toISOString();
      await world.db.execute(sql`
        with event as (
          insert into published_events (id, type, data, created_at)
          values (${id}, 'message.sent', '{}', ${ago(days)}::timestamptz) returning *
        )
        insert into deliveries (id, event_id, event_webhook_id, status, created_at, ended_at)
        select ${`dlv_${id}`}, id, ${target!.id}::int, 'delivered', created_at,
          ${ended === null ? null : ago(ended)}::timestamptz
        from event`);
    }
    await cleanUp(30);
    const left = await rowsOf<{ id: string }>(
      world.db,
      sql`select event_id as id from deliveries join published_events on event_id = published_events.id order by 1`,
    );
    expect(left.map(({ id }) => id)).toEqual(['late', 'under way', 'young']);
  });

  it('deletes recorded requests by the same age', async () => {
    for (const [id, days] of [
      ['old', 31],
      ['young', 29],
    ] as const) {
      const at = new Date(Date.now() - days * DAY_MS).toISOString();
      await world.db.execute(sql`
        insert into inbox_requests (inbox, method, url, headers, body, received_at)
        values (${id}, 'POST', '/', '{}', ''::bytea, ${at}::timestamptz)`);
    }
    await cleanUp(30);
    const left = await rowsOf(world.db, sql`select inbox from inbox_requests`);
    expect(left).toEqual([{ inbox: 'young' }]);
  });

  it('deletes ended jobs by the same age, with their refusals, and no open one', async () => {
    for (const [id, days] of [
      ['old', 31],
      ['young', 29],
      ['open', null],
    ] as const) {
      const ended = days === null ? null : new Date(Date.now() - days * DAY_MS).toISOString();
      await world.db.execute(sql`
        insert into jobs (id, kind, state, parameters, created_at, ended_at)
        select ${id}, 'test', ${ended === null ? 'running' : 'completed'}, '{}', now() - interval '60 days',
          ${ended}::timestamptz`);
      await world.db.execute(sql`
        insert into job_refusals (job_id, ordinal, ref, reason)
        select ${id}, n, 'line', 'No email.' from generate_series(1, 450) n`);
    }
    await cleanUp(30);
    const left = await rowsOf(
      world.db,
      sql`select jobs.id, count(*) from jobs join job_refusals on job_id = jobs.id group by jobs.id order by 1`,
    );
    expect(left).toEqual([
      { id: 'open', count: 450 },
      { id: 'young', count: 450 },
    ]);
    expect(await count('jobs')).toBe(2);
  });

  it('deletes rows of the audit log by an age of their own, and none if there is no such age', async () => {
    for (const [name, days] of [
      ['old', 400],
      ['young', 300],
    ] as const) {
      const at = new Date(Date.now() - days * DAY_MS).toISOString();
      await world.db.execute(sql`
        insert into audit_log (at, actor_type, actor_name, action, changes)
        values (${at}::timestamptz, 'key', ${name}, 'list.create', '[]')`);
    }
    const left = async () =>
      (await rowsOf<{ name: string }>(world.db, sql`select actor_name as name from audit_log order by at`))
        .slice(0, 2)
        .map(({ name }) => name);
    await cleanUp(1);
    expect(await left()).toEqual(['old', 'young']);
    await applyRetention({ db: world.db, log: silent, retentionDays: 30, auditDays: 365 });
    expect((await left())[0]).toBe('young');
  });

  it('deletes idempotency keys after a day', async () => {
    const trigger = (key: string) =>
      world.call(
        'POST',
        '/api/workflows/triggerWorkflow',
        { workflowId: journeyId, userId: 'keyed' },
        { 'idempotency-key': key },
      );
    await trigger('old');
    await world.db.execute(sql`update idempotency_keys set created_at = now() - interval '25 hours'`);
    await trigger('young');
    await cleanUp(30);
    expect(await rowsOf(world.db, sql`select key from idempotency_keys`)).toEqual([{ key: 'young' }]);
  });

  it('deletes ended sessions, expired links and forgotten wrong passwords', async () => {
    await world.db.execute(
      sql`insert into people (email, name, role) values ('a@example.com', 'A', 'viewer')`,
    );
    for (const [hash, age] of [
      ['old', '31 days'],
      ['young', '1 hour'],
    ] as const) {
      const bytes = Buffer.from(hash);
      const at = sql`now() - ${age}::interval`;
      await world.db.execute(sql`
        insert into sessions (token_hash, person_id, created_at, address)
        select ${bytes}::bytea, id, ${at}, '127.0.0.1' from people`);
      await world.db.execute(sql`
        insert into invitations (code_hash, person_id, expires_at)
        select ${bytes}::bytea, ${hash === 'old' ? sql`id` : null}, ${at} + interval '3 days' from people`);
      await world.db.execute(sql`
        insert into sign_in_tries (subject, count, until) values (${bytes}::bytea, 1, ${at} + interval '2 hours')`);
    }
    await cleanUp(30);
    for (const [table, column] of [
      ['sessions', 'token_hash'],
      ['invitations', 'code_hash'],
      ['sign_in_tries', 'subject'],
    ] as const) {
      const rows = await rowsOf<{ name: string }>(
        world.db,
        sql`select convert_from(${sql.identifier(column)}, 'UTF8') as name from ${sql.identifier(table)}`,
      );
      expect([table, rows]).toEqual([table, [{ name: 'young' }]]);
    }
  });

  it('starts with the server, goes on after a failure, and logs it', async () => {
    const messages: string[] = [];
    const id = await entry(31);
    await world.db.execute(sql`alter table idempotency_keys rename to keys_renamed`);
    const log = pino({}, { write: (line) => void messages.push((JSON.parse(line) as { msg: string }).msg) });
    const cleaner = startRetention({ db: world.db, log, retentionDays: 30 });
    await until(async () => (await rowsOfEntry(id)) === 0);
    await cleaner.stop();
    await world.db.execute(sql`alter table keys_renamed rename to idempotency_keys`);
    expect(messages).toEqual(['could not delete expired idempotency keys; will retry']);
  });
});
