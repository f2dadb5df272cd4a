import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Database } from '../../../../src/db/connection/client';
import { closeAttempt } from '../../../../src/db/deliveries/close';
import type { TileDeliveryEnd } from '../../../../src/db/deliveries/close-sql';
import { beginDelivery, deliveryIdOf, openAttempt } from '../../../../src/db/deliveries/deliveries';
import { transact } from '../../../../src/db/enqueue';
import { BY_OPERATOR, exitEntries, leavingByOperator } from '../../../../src/db/entries/exits/exit';
import { EXIT, exitPage } from '../../../../src/db/entries/exits/exit-page';
import { findEntry } from '../../../../src/db/entries/list';
import { lockNextJob } from '../../../../src/db/jobs/jobs';
import { lockUsers } from '../../../../src/db/users/names';
import { findUser } from '../../../../src/db/users/users';
import { SYSTEM } from '../../../../src/domain/audit';
import { exitOne } from '../../../../src/usecases/entries/exit-one';
import { eraseUser } from '../../../../src/usecases/users/erase';
import { type ApiWorld, createApiWorld, publishJourney } from '../../../support/api-world';
import { undispatched } from '../../../support/database';
import { statementsWait } from '../../../support/waiting';

/*
 * Transactions that lock the same rows, stopped where each has its first: in another order than that of `users/lock.ts`
 * they would wait for each other. The embedded database has one connection, so there they never meet.
 */

const AT = Date.parse('2026-01-31T09:30:00Z');

let world: ApiWorld;
let journeyId: number;
let webhookId: number;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  ({ journeyId, webhookId } = await publishJourney(world));
});

const own = () => ({ ...world, author: SYSTEM });
let users = 0;

/** An entry of a new user. */
async function enter(): Promise<{ entryId: string; identity: { userId: string }; user: number }> {
  const identity = { userId: `user-${(users += 1)}` };
  const trigger = { workflowId: journeyId, ...identity };
  const { entryId } = (await world.call('POST', '/api/workflows/triggerWorkflow', trigger)).body.params;
  return { entryId, identity, user: (await findUser(world.db, identity))!.id };
}

const visitOf = (entryId: string) => ({
  ...{ entryId, workflowId: entryId, firstRunId: 'run-1', tileId: 'crm', visit: 1 },
});
const keyOf = (entryId: string) => ({ deliveryId: deliveryIdOf(visitOf(entryId)), generation: 1, number: 1 });

/** A request under way, whose endpoint may call back. */
async function call(entryId: string): Promise<void> {
  const delivery = { journeyId, webhookId, request: Buffer.alloc(1), tokenHash: randomBytes(32), at: AT };
  await beginDelivery(world.db, visitOf(entryId), AT);
  await openAttempt(world.db, visitOf(entryId), keyOf(entryId), delivery);
}

/** The answer to that request. */
function answer(entryId: string, more: Partial<TileDeliveryEnd> = {}): Promise<boolean> {
  const subject = { ...visitOf(entryId), journeyId, webhookId, test: false, callback: {} };
  const result = { outcome: { kind: 'delivered' } as const, status: 200, durationMs: 1, nextAttemptAt: null };
  const stored = { ...result, refusedEarly: false, responseHeaders: {}, responseBody: '' };
  const end = { status: 'delivered', reason: null, detail: null, ...more } as const;
  return closeAttempt(undispatched(world.db), subject, keyOf(entryId), stored, end, AT);
}

/**
 * Starts one call after the other while another transaction has what they come to last: the first then has the rest, for
 * which the second waits. In another order the second would go on to where the first waits, and each have what the other
 * needs.
 */
async function inTurn(
  last: 'deliveries' | 'callbacks',
  entryId: string,
  ...calls: (() => Promise<unknown>)[]
): Promise<PromiseSettledResult<unknown>[]> {
  const running: Promise<unknown>[] = [];
  await world.db.transaction(async (tx) => {
    await tx.execute(sql`select 1 from ${sql.identifier(last)} where entry_id = ${entryId} for update`);
    for (const start of calls) {
      const call = start();
      call.catch(() => undefined);
      running.push(call);
      await statementsWait(world.db, running.length);
    }
  });
  return Promise.allSettled(running);
}

const statusOf = async (entryId: string) => (await findEntry(world.db, entryId))!.status;

it('an exit waits for the answer that ends the journey, and then finds the entry completed', async () => {
  const { entryId } = await enter();
  await call(entryId);
  const [answered, left] = await inTurn(
    'callbacks',
    entryId,
    () => answer(entryId, { entry: { status: 'completed' } }),
    () => exitOne(own(), entryId, ''),
  );
  expect(answered!.status).toBe('fulfilled');
  expect(left).toMatchObject({ status: 'rejected', reason: { code: 'Conflict' } });
  expect(await statusOf(entryId)).toBe('completed');
});

it.each(['erasure', 'answer'])(
  'an answer and the erasure of its user, of which the %s is first',
  async (first) => {
    const { entryId, identity } = await enter();
    await call(entryId);
    const both = [() => eraseUser(own(), identity, AT), () => answer(entryId)];
    const ends = await inTurn('callbacks', entryId, ...(first === 'erasure' ? both : both.reverse()));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await statusOf(entryId)).toBe('cancelled');
  },
);

it('an exit of many waits for a call that ends entries of several users', async () => {
  const [first, second] = [await enter(), await enter()];
  const leave = (tx: Database, entryId: string) =>
    exitEntries(undispatched(tx), [leavingByOperator(entryId, 'by the call')], BY_OPERATOR);
  await world.call('POST', '/api/entries/exit', { journeyId });
  const page = () =>
    transact(world, async (tx) => {
      const job = (await lockNextJob(tx, [EXIT], 1_000))!;
      return exitPage(tx, job);
    });
  let many: ReturnType<typeof page>;
  await world.db.transaction(async (tx) => {
    await lockUsers(tx, [first.user, second.user]);
    await leave(tx, second.entryId);
    many = page();
    many.catch(() => undefined);
    await statementsWait(world.db);
    await leave(tx, first.entryId);
  });
  expect(await many!).toMatchObject({ ended: true });
  for (const { entryId } of [first, second]) {
    expect(await findEntry(world.db, entryId)).toMatchObject({ status: 'cancelled', detail: 'by the call' });
  }
});

const exitsOf = (entryId: string) =>
  world.enqueued.filter((item) => 'exitOf' in item && item.exitOf === entryId);

it('an erasure waits for an exit of the user’s entry, which is signalled once', async () => {
  const { entryId, identity } = await enter();
  await call(entryId);
  const ends = await inTurn(
    'deliveries',
    entryId,
    () => exitOne(own(), entryId, ''),
    () => eraseUser(own(), identity, AT),
  );
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect(await findEntry(world.db, entryId)).toMatchObject({ status: 'cancelled', reason: 'operator' });
  expect(exitsOf(entryId)).toHaveLength(1);
});

it('an exit of an entry waits for the erasure of its user, and then finds it ended', async () => {
  const { entryId, identity } = await enter();
  await call(entryId);
  const [erased, left] = await inTurn(
    'callbacks',
    entryId,
    () => eraseUser(own(), identity, AT),
    () => exitOne(own(), entryId, ''),
  );
  expect(erased!.status).toBe('fulfilled');
  expect(left).toMatchObject({ status: 'rejected', reason: { code: 'Conflict' } });
  expect(exitsOf(entryId)).toHaveLength(1);
});
