import { readable } from '../../support/readable';
import { drip, type Reply } from '../../support/receiver';
import { createWorld, type World } from '../../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const FIELDS = [
  { path: 'order.status', type: 'string' },
  { path: 'order.total', type: 'number' },
];

/** A webhook with Data Retrieval, answered by these replies in turn, and one that records what later tiles send. */
async function endpoints(path: string, replies: Reply[], input: object = {}) {
  world.receiver.respondAt(path, ...replies);
  const data = { method: 'GET', dataRetrieval: true, liveDataFields: FIELDS };
  const source = await world.webhook({ endpoint: world.receiver.url + path, ...data, ...input });
  const after = `${path}-after`;
  const body = '{"status": "{{liveData.order.status}}", "total": {{liveData.score.order.total}}}';
  const sink = await world.webhook({
    endpoint: world.receiver.url + after,
    includeEmailAndWorkflowId: false,
    body,
  });
  return { source, sink, sent: () => requestsTo(after).map((request) => request.json()) };
}

function requestsTo(path: string) {
  return world.receiver.requests.filter(({ url }) => url.split('?')[0] === path);
}

async function enter(tiles: object[], dataFields: Record<string, unknown> = {}) {
  return world.ended(await world.enter(await world.journey(tiles), { dataFields }));
}

const ORDER = { order: { status: 'shipped', total: '12.50', secret: 'unread' }, other: 1 };

describe('a Live Data tile', () => {
  it('makes the chosen fields, and no others, readable in later tiles, with their types (B005, B111, B112, B113)', async () => {
    const { source, sink, sent } = await endpoints('/order', [{ body: ORDER }]);
    const all = await world.webhook({
      endpoint: `${world.receiver.url}/order-all`,
      includeEmailAndWorkflowId: false,
      body: '{"all": {{liveData}}}',
    });
    const { entry } = await enter([
      { id: 'fetch', type: 'liveData', webhookId: source, name: 'score' },
      { id: 'wait', type: 'delay', for: '2 days' },
      { id: 'tell', type: 'webhook', webhookId: sink },
      { id: 'tell-all', type: 'webhook', webhookId: all },
    ]);
    expect(entry.status).toBe('completed');
    expect(sent()).toEqual([{ status: 'shipped', total: 12.5 }]);
    const order = { status: 'shipped', total: 12.5 };
    expect(requestsTo('/order-all')[0]!.json()).toEqual({ all: { order, score: { order } } });
  });

  it('keeps each digit of a number, as a number and as text (B113)', async () => {
    const big = '7615917337495251231';
    const { source, sink } = await endpoints('/big', [
      { body: `{"order":{"status":${big},"total":${big}}}`, headers: { 'content-type': 'application/json' } },
    ]);
    await enter([
      { id: 'fetch', type: 'liveData', webhookId: source, name: 'score' },
      { id: 'tell', type: 'webhook', webhookId: sink },
    ]);
    expect(requestsTo('/big-after')[0]!.text).toBe(`{"status":"${big}","total":${big}}`);
  });

  it('reads the latest tile without a name, and each tile by its own (B111)', async () => {
    const first = await endpoints('/first', [{ body: { order: { status: 'old', total: 1 } } }]);
    const second = await endpoints('/second', [{ body: { order: { status: 'new', total: 2 } } }]);
    await enter([
      { id: 'a', type: 'liveData', webhookId: first.source, name: 'score' },
      { id: 'b', type: 'liveData', webhookId: second.source, name: 'later' },
      { id: 'tell', type: 'webhook', webhookId: first.sink },
    ]);
    expect(first.sent()).toEqual([{ status: 'new', total: 1 }]);
  });

  it('is deleted from the database when the entry ends', async () => {
    const { source, sink } = await endpoints('/gone', [{ body: ORDER }]);
    const { entry } = await enter([
      { id: 'fetch', type: 'liveData', webhookId: source, name: 'score' },
      { id: 'tell', type: 'webhook', webhookId: sink },
    ]);
    expect(entry).toMatchObject({ status: 'completed', liveData: null });
  });

  it('appends its dynamic parameters, rendered for the user (B049, B050)', async () => {
    const { source } = await endpoints('/with-parameters', [{ body: ORDER }]);
    const parameters = { plan: '{{plan}} & more', fixed: 'x' };
    await enter([{ id: 'fetch', type: 'liveData', webhookId: source, name: 'score', parameters }], {
      plan: 'pro',
    });
    const url = new URL(requestsTo('/with-parameters')[0]!.url, world.receiver.url);
    expect(Object.fromEntries(url.searchParams)).toEqual({ plan: 'pro & more', fixed: 'x' });
  });

  it.each<[string, Reply]>([
    ['no JSON', { body: '<p>hello</p>' }],
    ['a JSON text', { body: '"hello"' }],
    ['an empty body', 204],
    ['a status that is not retried', 404],
    ['more than 1 MiB', { body: `{"order": "${'x'.repeat(2 * 1024 * 1024)}"}` }],
    [
      'a gzipped body nobody asked for',
      { headers: { 'content-encoding': 'gzip' }, body: Buffer.from('1f8b08', 'hex') },
    ],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }],
  ])('follows the failure way, or exits without one, after %s', async (what, reply) => {
    const path = `/failing-${what.replaceAll(/\W/g, '-')}`;
    const { source, sink } = await endpoints(path, [reply]);
    const tile = { id: 'fetch', type: 'liveData', webhookId: source, name: 'score' };
    const around = { id: 'around', type: 'webhook', webhookId: sink };
    const withWay = await enter([{ ...tile, next: 'exit', onFailure: 'around' }, around]);
    expect(withWay.entry.status).toBe('completed');
    expect(requestsTo(`${path}-after`).map((request) => request.json())).toEqual([{}]);
    const without = await enter([tile]);
    expect(without.entry.status).toBe('exited');
    expect(requestsTo(path)).toHaveLength(2);
  });

  it('retries like a webhook tile, then follows the failure way (B017)', async () => {
    const { source, sink, sent } = await endpoints('/busy', [503]);
    const { entry } = await enter([
      { id: 'fetch', type: 'liveData', webhookId: source, name: 'score', next: 'exit', onFailure: 'tell' },
      { id: 'tell', type: 'webhook', webhookId: sink },
    ]);
    expect(entry.status).toBe('completed');
    expect(requestsTo('/busy')).toHaveLength(4);
    expect(sent()).toHaveLength(1);
  });

  it('treats an answer that drips for ever as a timeout', async () => {
    const { source } = await endpoints('/drips', [drip(200), { body: ORDER }]);
    const { deliveries } = await enter([{ id: 'fetch', type: 'liveData', webhookId: source, name: 'score' }]);
    expect(deliveries[0]!.attempts.map(({ reason }) => reason)).toEqual(['timeout', null]);
  });

  it('exits when its webhook was deleted, even with a failure way (B126)', async () => {
    const { source } = await endpoints('/deleted', [{ body: ORDER }]);
    const journeyId = await world.journey([
      { id: 'fetch', type: 'liveData', webhookId: source, name: 'score', onFailure: 'exit' },
    ]);
    await world.deleteWebhook(source);
    const { entry } = await world.ended(await world.enter(journeyId));
    expect(entry).toMatchObject({ status: 'exited', reason: 'webhook_deleted', tileId: 'fetch' });
  });

  it('puts nothing of the answer into Temporal', async () => {
    const { source } = await endpoints('/private', [{ body: ORDER }]);
    const entryId = await world.enter(
      await world.journey([{ id: 'fetch', type: 'liveData', webhookId: source, name: 'score' }]),
    );
    await world.ended(entryId);
    const history = readable(await world.client.workflow.getHandle(entryId).fetchHistory());
    expect(history).toContain(`"entryId":"${entryId}"`);
    expect(history).not.toMatch(/shipped|12\.5/);
  });
});
