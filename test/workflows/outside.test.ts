import { randomUUID } from 'node:crypto';
import { ApplicationFailure, type WorkflowFailedError } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { closeLost } from '../../src/background/lost-workflows';
import { reconcile } from '../../src/background/reconciler';
import { enqueuing } from '../../src/db/enqueue';
import { closeEntry } from '../../src/db/entries/close';
import { type ApiWorld, createApi } from '../support/api-world';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

/* What anybody with access to Temporal can send to a workflow. Time is not skipped. */

let world: World;
let api: ApiWorld;
beforeAll(async () => {
  world = await createWorld({ skipTime: false });
  api = await createApi(world);
});
afterAll(async () => {
  await api.close();
  await world.close();
});

const silent = { info: () => undefined, warn: () => undefined };
const WAIT = { id: 'wait', type: 'delay', for: '1 day' };

/** One payload as it is: JSON unless told otherwise. */
function payloads(data: string | Buffer, encoding: string | null = 'json/plain') {
  const metadata: Record<string, Buffer> = encoding === null ? {} : { encoding: Buffer.from(encoding) };
  return { payloads: [{ metadata, data: Buffer.from(data) }] };
}
type Payloads = ReturnType<typeof payloads>;

const namespace = 'default';

function signal(workflowId: string, signalName: string, input?: Payloads) {
  const workflowExecution = { workflowId };
  return world.client.workflowService.signalWorkflowExecution({
    ...{ namespace, workflowExecution, signalName, input },
  });
}

/** An entry that waits at its first tile. */
async function waiting(tiles: object[] = [WAIT]): Promise<string> {
  const entryId = await world.enter(await world.journey(tiles));
  await until(async () => (await world.passage(entryId)).entry.status === 'running');
  return entryId;
}

/** An entry whose webhook answered 503: its activity waits for the retry, for three minutes. */
async function betweenAttempts(path: string, ...after: object[]): Promise<string> {
  world.receiver.respondAt(path, 503, 200);
  const webhook = { url: world.receiver.url + path };
  const entryId = await waiting([{ id: 'call', type: 'webhook', webhook }, ...after]);
  await until(async () => (await world.passage(entryId)).deliveries[0]?.attempts[0]?.outcome === 'retry');
  return entryId;
}

const callsTo = (path: string) => world.receiver.requests.filter(({ url }) => url === path);

describe('the signal exit', () => {
  const json = (value: unknown) => payloads(JSON.stringify(value));
  const ASKED = 'Asked to exit.';
  it.each<[string, Payloads | undefined, string]>([
    ['no argument', undefined, ASKED],
    ['null', json(null), ASKED],
    ['the documented object', json({ reason: 'operator' }), ASKED],
    ['a reason of its own', json({ reason: 'customer asked' }), 'customer asked'],
    ['a reason that is a number', json({ reason: 5 }), ASKED],
    ['a text', json('moved away'), 'moved away'],
    ['a number', json(5), ASKED],
    ['a list', json(['a']), ASKED],
    ['a NUL in a text', json('a\0b'), 'a b'],
    ['half a character', payloads('"a\\ud83d"'), 'a'],
    ['100 KB of text', json('x'.repeat(100_000)), 'x'.repeat(500)],
    ['8,000 levels', payloads('['.repeat(8_000) + ']'.repeat(8_000)), ASKED],
    ['a field named __proto__', payloads('{"__proto__": {"reason": "x"}}'), ASKED],
    ['bytes that are no JSON', payloads(Buffer.from([0xff, 0x00, 0x7b])), ASKED],
    ['no bytes', payloads(''), ASKED],
    ['binary data', payloads(Buffer.from([1, 2, 3]), 'binary/plain'), ASKED],
    ['an unknown encoding', payloads('{}', 'binary/encrypted'), ASKED],
    ['no encoding at all', payloads('{}', null), ASKED],
  ])('ends the entry as cancelled by an operator, with %s', async (_what, argument, detail) => {
    const entryId = await waiting();
    await signal(entryId, 'exit', argument);
    const { entry } = await world.ended(entryId);
    expect(entry).toMatchObject({ status: 'cancelled', reason: 'operator', detail });
    await expect(world.client.workflow.getHandle(entryId).result()).resolves.toEqual({ status: 'cancelled' });
    expect((await api.call('GET', `/api/entries/${entryId}`)).body).toMatchObject({ detail });
  });
});

describe('a workflow started by hand', () => {
  const EMAIL = 'jane.roe@example.com';

  async function start(name: string, input: Payloads | undefined, workflowId: string) {
    await world.client.workflowService.startWorkflowExecution({
      ...{ namespace, workflowId, input, requestId: randomUUID() },
      workflowType: { name },
      taskQueue: { name: world.taskQueue },
    });
    return world.client.workflow.getHandle(workflowId);
  }

  async function refused(name: string, input: Payloads | undefined, workflowId = `bare-${randomUUID()}`) {
    const handle = await start(name, input, workflowId);
    const failure = (await handle.result().catch((error: unknown) => error)) as WorkflowFailedError;
    expect(failure.cause).toMatchObject({ type: 'invalid_start' });
    expect(String(failure.cause)).not.toContain(EMAIL);
  }

  /** A text of JSON with these fields, `@` standing for a journey that calls an endpoint. */
  const BARE = `{"journeyId": @, "email": "${EMAIL}", `;
  const data = (value: string) => `${BARE}"dataFields": {"a": ${value}}}`;
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

  let journeyId: number;
  beforeAll(async () => {
    const webhook = { url: `${world.receiver.url}/never` };
    journeyId = await world.journey([{ id: 'call', type: 'webhook', webhook }]);
  });

  it.each<[string, string | Buffer | undefined]>([
    ['no argument', undefined],
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"x"'],
    ['a list', '[@]'],
    ['bytes that are no JSON', Buffer.from([0xff, 0x00])],
    ['no journey', `{"email": "${EMAIL}"}`],
    ['a journey id that is a text', `{"journeyId": "@", "email": "${EMAIL}"}`],
    ['a journey id beyond every column', `{"journeyId": 1e99, "email": "${EMAIL}"}`],
    ['a version that is a list', `${BARE}"version": [1]}`],
    ['an email that is a number', '{"journeyId": @, "email": 5, "userId": "jane"}'],
    ['a userId that is an object', '{"journeyId": @, "userId": {"a": 1}}'],
    ['a userId with a NUL', '{"journeyId": @, "userId": "a\\u0000"}'],
    ['dataFields that are a list', `${BARE}"dataFields": [1]}`],
    ['dataFields that are a text', `${BARE}"dataFields": "x"}`],
    ['dataFields that are a number', `${BARE}"dataFields": 0}`],
    ['dataFields that are a number beyond a double', `${BARE}"dataFields": 12345678901234567890}`],
    ['a NUL in the data', data('"x\\u0000"')],
    ['half a character in the data', data('"\\ud83d"')],
    ['half a character in a name', `${BARE}"dataFields": {"\\ud83d": 1}}`],
    ['__proto__ in the data', data('{"__proto__": {"a": 1}}')],
    ['data of 33 levels', data(nested(32))],
    ['data of 8,000 levels', data(nested(8_000))],
    ['a place to resume at', `${BARE}"resume": {"tileId": "call", "visits": []}}`],
    ['an entry that is a text', `${BARE}"entry": "ent_1"}`],
    [
      'an entry of another workflow',
      `${BARE}"entry": {"id": "ent_1", "plan": {"start": null, "tiles": {}}, "maxRequests": 4}}`,
    ],
  ])('as an entry with %s fails with invalid_start, and sends nothing', async (_what, argument) => {
    const text = typeof argument === 'string' ? argument.replaceAll('@', String(journeyId)) : argument;
    await refused('journey', text === undefined ? undefined : payloads(text));
    expect(callsTo('/never')).toHaveLength(0);
  });

  const tile = (planned: unknown) => ({ start: 'a', tiles: { a: planned } });
  it.each<[string, unknown]>([
    ['no plan', null],
    ['a plan without tiles', { start: 'a' }],
    ['a start that is no tile', { start: 'constructor', tiles: {} }],
    ['a tile that is null', tile(null)],
    ['a way to no tile', tile({ kind: 'webhook', next: 'toString' })],
    ['a delay without a time', tile({ kind: 'delay', next: null })],
    ['a delay of a thousand years', tile({ kind: 'delay', ms: 4e13, next: null })],
    [
      'a limit beyond those of Temporal',
      tile({ kind: 'webhook', next: null, limit: { key: 'a', weight: 1e9 } }),
    ],
    ['a hand-off to no journey', tile({ kind: 'sendToJourney', next: null })],
  ])('as an entry of its own id with %s fails with invalid_start', async (_what, plan) => {
    const id = `ent_${randomUUID()}`;
    await refused(
      'journey',
      payloads(JSON.stringify({ journeyId, entry: { id, plan, maxRequests: 4 } })),
      id,
    );
  });

  it('as an entry with a tile of no known kind stops, because there is no such entry', async () => {
    const id = `ent_${randomUUID()}`;
    const entry = { id, plan: tile({ kind: 'teleport' }), maxRequests: 4 };
    const handle = await start('journey', payloads(JSON.stringify({ journeyId, entry })), id);
    await expect(handle.result()).resolves.toEqual({ status: 'superseded' });
  });

  it.each<[string, string, string | undefined]>([
    ['an event delivery', 'event', undefined],
    ['an event delivery', 'event', 'null'],
    ['an event delivery', 'event', '{"deliveryId": "dlv_1", "maxRequests": 4}'],
    ['a schedule', 'schedule', undefined],
    ['a schedule', 'schedule', '[]'],
    ['a schedule', 'schedule', '{"journeyId": 1e10, "version": 1}'],
  ])('as %s (%s) with %s fails with invalid_start', async (_what, type, argument) => {
    await refused(type, argument === undefined ? undefined : payloads(argument));
  });

  it('as an event delivery that does not exist sends nothing', async () => {
    const deliveryId = `dlv_${randomUUID()}`;
    const input = payloads(JSON.stringify({ deliveryId, maxRequests: 4 }));
    const handle = await start('event', input, deliveryId);
    await expect(handle.result()).resolves.toEqual({ status: 'superseded' });
  });
});

const NONSENSE = payloads(Buffer.from([0xff, 0x7b]));

it('no other signal, query or update harms an entry, whatever its argument', async () => {
  const entryId = await waiting();
  const execution = { workflowId: entryId };
  const { workflowService } = world.client;
  await signal(entryId, 'unknown', NONSENSE);
  const query = { queryType: 'status', queryArgs: NONSENSE };
  const asked: temporal.api.workflowservice.v1.IQueryWorkflowRequest = { namespace, execution, query };
  const { queryResult } = await workflowService.queryWorkflow(asked);
  expect(JSON.parse(Buffer.from(queryResult!.payloads![0]!.data!).toString())).toMatchObject({
    tileId: 'wait',
  });
  const handle = world.client.workflow.getHandle(entryId);
  await expect(handle.executeUpdate('unknown', { args: ['a'] })).rejects.toThrow();
  await signal(entryId, 'exit');
  await world.ended(entryId);
});

describe('an activity completed or failed by hand', () => {
  const id = (workflowId: string) => ({ workflowId, activityId: 'call/1' });
  const complete = (workflowId: string, answer: unknown) =>
    world.client.activity.complete(id(workflowId), answer);

  /** Fails the activity while its request is under way. */
  async function fail(type: string, ...details: unknown[]): Promise<string> {
    const path = `/by-hand/${randomUUID()}`;
    const failure = ApplicationFailure.create({ type, details, nonRetryable: true });
    let started!: (entryId: string) => void;
    const entry = new Promise<string>((resolve) => (started = resolve));
    world.receiver.respondAt(path, (_request, response) => {
      const failed = entry.then((entryId) => world.client.activity.fail(id(entryId), failure));
      void failed.then(() => response.writeHead(503).end());
    });
    const entryId = await waiting([
      { id: 'call', type: 'webhook', webhook: { url: world.receiver.url + path } },
    ]);
    started(entryId);
    return entryId;
  }

  async function completed(answer: unknown): Promise<string> {
    const entryId = await betweenAttempts(`/by-hand/${randomUUID()}`);
    await complete(entryId, answer);
    return entryId;
  }

  it.each<[string, () => Promise<string>]>([
    ['an answer of no meaning', () => completed('done')],
    ['no answer', () => completed(undefined)],
    ['an answer of a known kind without its fields', () => completed({ kind: 'ended' })],
    ['an end of no known form', () => completed({ kind: 'failed', end: { status: 5 } })],
    ['a failure of no meaning', () => fail('x')],
    ['a final failure without its answer', () => fail('GaveUp')],
    ['a refusal without its token', () => fail('Unauthorized', { kind: 'unauthorized' })],
    ['an internal fault of no form', () => fail('OurFault', { counted: 'x', unrecorded: 5 })],
  ])('with %s runs again after a minute', async (_what, answer) => {
    const entryId = await answer();
    const handle = world.client.workflow.getHandle(entryId);
    const timer = await until(async () => {
      const { events } = await handle.fetchHistory();
      return events!.flatMap((event) => event.timerStartedEventAttributes ?? [])[0];
    });
    expect(Number(timer.startToFireTimeout!.seconds)).toBe(60);
    await signal(entryId, 'exit');
    await world.ended(entryId);
  });

  it('as delivered lets the user go on to the next tile', async () => {
    const path = '/skipped-by-hand';
    const entryId = await betweenAttempts(path, WAIT);
    await complete(entryId, { kind: 'delivered' });
    await until(async () => (await world.passage(entryId)).entry.tileId === 'wait');
    expect(callsTo(path)).toHaveLength(1);
    await signal(entryId, 'exit');
    const { deliveries } = await world.ended(entryId);
    expect(deliveries).toMatchObject([{ status: 'failed', reason: 'operator' }]);
  });

  it('as delivered at the last tile completes the entry, which the reconciler closes with its delivery', async () => {
    const entryId = await betweenAttempts('/last-by-hand');
    await complete(entryId, { kind: 'delivered' });
    await world.ended(entryId);
    await until(async () => {
      await reconcile({ ...world, log: silent }, 'completed');
      return (await world.passage(entryId)).entry.endedAt;
    });
    const { entry, deliveries } = await world.passage(entryId);
    expect(entry).toMatchObject({ status: 'completed', reason: null });
    const detail = 'Completed by hand in Temporal.';
    expect(deliveries).toMatchObject([{ status: 'failed', reason: 'operator', detail }]);
  });

  it('before the last tile leaves no delivery pending once the entry has ended', async () => {
    const last = { id: 'last', type: 'webhook', webhook: { url: `${world.receiver.url}/after-by-hand` } };
    const entryId = await betweenAttempts('/before-by-hand', last);
    await complete(entryId, { kind: 'delivered' });
    const { entry } = await world.ended(entryId);
    expect(entry).toMatchObject({ status: 'completed' });
    await until(async () => {
      await reconcile({ ...world, log: silent }, 'completed');
      return (await world.passage(entryId)).deliveries.every(({ status }) => status !== 'pending');
    });
    expect((await world.passage(entryId)).deliveries).toMatchObject([
      { tileId: 'call', status: 'failed', reason: 'operator' },
      { tileId: 'last', status: 'delivered' },
    ]);
  });
});

it('a workflow says that its entry was cancelled, though its last answer came in the same workflow task', async () => {
  const entryId = await betweenAttempts('/forgotten');
  const { firstRunId } = (await world.passage(entryId)).entry;
  await world.withoutWorker(async () => {
    const activity = { workflowId: entryId, activityId: 'call/1' };
    await world.client.activity.complete(activity, { kind: 'delivered' });
    await world.client.workflow.getHandle(entryId).cancel();
    // As a workflow task did that the server refused because of the answer.
    const end = { status: 'cancelled', reason: 'operator', detail: 'Cancelled in Temporal.' } as const;
    const owner = { entryId, workflowId: entryId, firstRunId };
    await enqueuing(world, (tx) => closeEntry(tx, owner, end, Date.now()));
  });
  expect((await world.ended(entryId)).entry).toMatchObject({ status: 'cancelled' });
  const result = world.client.workflow.getHandle(entryId).result();
  await expect(result).resolves.toEqual({ status: 'cancelled' });
});

describe('a workflow deleted while it ran', () => {
  const remove = async (workflowId: string) => {
    const workflowExecution = { workflowId };
    await world.client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
    await until(async () => (await world.temporal.unknownAmong([workflowId])).has(workflowId));
  };

  it('has its entry closed, but not if Temporal knows no entry at all', async () => {
    const { db, enqueue, temporal } = world;
    const [deleted, other] = [await waiting(), await waiting()];
    await remove(deleted);
    const nothing = { unknownAmong: async (ids: string[]) => new Set(ids) };
    await closeLost({ db, enqueue, temporal: nothing, log: silent });
    expect((await world.passage(deleted)).entry).toMatchObject({ status: 'running' });
    await closeLost({ db, enqueue, temporal, log: silent });
    expect((await world.passage(deleted)).entry).toMatchObject({
      ...{ status: 'cancelled', reason: 'operator', detail: 'Deleted in Temporal.' },
    });
    expect((await world.passage(other)).entry).toMatchObject({ status: 'running' });
    await signal(other, 'exit');
    await world.ended(other);
  });
});

describe('right before a workflow continues as new', () => {
  const EVENTS = 500;

  /** Lets one workflow task have a long history, the answer of the tile, and what `leave` does, before it or after it. */
  async function leaveWithTheAnswer(path: string, leave: (id: string) => Promise<unknown>, first: boolean) {
    const next = { id: 'next', type: 'webhook', webhook: { url: world.receiver.url + path } };
    const entryId = await betweenAttempts(`${path}/first`, next);
    await world.withoutWorker(async () => {
      await Promise.all(Array.from({ length: EVENTS }, () => signal(entryId, 'noise')));
      const answer = () =>
        world.client.activity.complete({ workflowId: entryId, activityId: 'call/1' }, { kind: 'delivered' });
      if (first) await leave(entryId);
      await answer();
      if (!first) await leave(entryId);
    });
    const { entry } = await world.ended(entryId);
    expect(entry).toMatchObject({ status: 'cancelled', reason: 'operator' });
    expect(callsTo(path)).toHaveLength(0);
    return entry;
  }

  it.each([true, false])('an exit that came with the last answer is not lost (first: %s)', async (first) => {
    const leave = (entryId: string) => signal(entryId, 'exit', payloads('"moved"'));
    const { detail, id } = await leaveWithTheAnswer(`/exit-${first}`, leave, first);
    expect(detail).toBe('moved');
    await expect(world.client.workflow.getHandle(id).result()).resolves.toEqual({ status: 'cancelled' });
  });

  it.each([true, false])('a cancellation that came with it is not lost (first: %s)', async (first) => {
    const leave = (entryId: string) => world.client.workflow.getHandle(entryId).cancel();
    const { id } = await leaveWithTheAnswer(`/cancel-${first}`, leave, first);
    expect((await world.client.workflow.getHandle(id).describe()).status.name).toBe('CANCELLED');
  });
});
