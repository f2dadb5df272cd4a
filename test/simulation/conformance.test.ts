import { type ApiWorld, createApi } from '../support/api-world';
import type { Reply } from '../support/receiver';
import { createTestSimulator } from '../support/simulator';
import { createWorld, type World } from '../support/world';

/* A simulation against a real run, on the Temporal server with its time skipped. */

const simulator = createTestSimulator();
let world: World;
let api: ApiWorld;
beforeAll(async () => {
  world = await createWorld();
  api = await createApi(world, { enqueue: world.enqueue, simulator });
});
afterAll(async () => {
  await api.close();
  await world.close();
  await simulator.close();
});

interface Answer {
  status: number;
  headers?: Record<string, string>;
}
interface Story {
  tiles: object[];
  /** What the endpoint of a tile answers, in turn, the last again and again. */
  answers: Record<string, Answer[]>;
  dataFields?: Record<string, unknown>;
  fields?: object;
}

const call = (id: string, more: object = {}) => ({ id, type: 'webhook', ...more });
const OK = [{ status: 200 }];

const STORIES: Record<string, Story> = {
  'retries, a Retry-After of an hour, and a month of delay': {
    tiles: [call('first'), { id: 'month', type: 'delay', for: '30 days' }, call('second')],
    answers: {
      first: [{ status: 503 }, { status: 429, headers: { 'retry-after': '3600' } }, { status: 200 }],
      second: [{ status: 500 }, { status: 204 }],
    },
  },
  'a failure with a way, and a refusal that is not retried': {
    tiles: [
      call('down', { onFailure: 'other' }),
      call('other', { onFailure: 'last' }),
      { id: 'last', type: 'exit', reason: 'given up' },
    ],
    answers: { down: [{ status: 503 }], other: [{ status: 404 }] },
  },
  'a failure without a way': {
    tiles: [call('down'), call('never')],
    answers: { down: [{ status: 502 }], never: OK },
  },
  'splits, a change of the profile, and what is read of it': {
    tiles: [
      { id: 'mark', type: 'updateProfile', fields: { plan: '{{plan}}' } },
      {
        id: 'pro',
        type: 'yesNoSplit',
        when: { field: 'profile.plan', is: 'equals', value: 'pro' },
        yes: 'call',
        no: 'exit',
      },
      call('call'),
      {
        id: 'size',
        type: 'attributeSplit',
        branches: [
          { name: 'large', when: { field: 'trigger.total', is: 'greaterThan', value: 100 }, next: 'exit' },
        ],
        otherwise: 'small',
      },
      call('small'),
    ],
    answers: { call: OK, small: OK },
    dataFields: { plan: 'pro', total: 12 },
  },
  'a wait that times out, and one that is over on arrival': {
    tiles: [
      { id: 'wait', type: 'waitFor', for: [{ event: 'never' }], timeout: '3 days' },
      {
        id: 'known',
        type: 'waitFor',
        for: [{ when: { field: 'trigger.a', is: 'isSet' }, next: 'call' }],
        timeout: '1 day',
      },
      call('call'),
    ],
    answers: { call: OK },
    dataFields: { a: 1 },
  },
  'a round of delays that ends by an exit rule': {
    tiles: [
      call('call'),
      { id: 'day', type: 'delay', for: '1 day' },
      { id: 'count', type: 'updateProfile', fields: { rounds: '{{math rounds "+" 1}}' }, next: 'call' },
    ],
    answers: { call: OK },
    fields: {
      exitRules: [{ name: 'enough', when: { field: 'profile.rounds', is: 'greaterOrEqual', value: 3 } }],
    },
    dataFields: {},
  },
};

it.each(Object.keys(STORIES))('goes the way of a real run: %s', async (name) => {
  const { answers, dataFields = {}, fields = {}, tiles: written } = STORIES[name]!;
  const email = `${name.replace(/\W+/g, '-')}@example.com`;
  const profile = { rounds: 0 };
  await api.call('POST', '/api/users/update', { email, dataFields: profile });
  const tiles = await Promise.all(
    written.map((tile) => withWebhook(tile as { id: string; type: string }, name, answers)),
  );
  const journeyId = await world.journey(tiles, undefined, fields);
  const { entry } = await world.ended(await world.enter(journeyId, { identity: { email }, dataFields }));
  const real = (await api.call('GET', `/api/entries/${entry.id}`)).body;
  const deliveries = await Promise.all(
    real.deliveries.map(async (id: string) => (await api.call('GET', `/api/deliveries/${id}`)).body),
  );
  const { status, body } = await api.call('POST', `/api/journeys/${journeyId}/simulate`, {
    users: [{ email, profile, dataFields }],
    startAt: real.startedAt,
    version: 1,
    responses: answers,
  });
  expect(status).toBe(200);
  const [simulated] = body.users;

  const minutes = (at: string) => Math.round((Date.parse(at) - Date.parse(real.startedAt)) / 60_000);
  // Without times: with skipped time, local activities of a real run have the real time.
  const steps = (path: { tileId: string; way: string; why: string }[]) =>
    path.map(({ tileId, way, why }) => [tileId, way, why]);
  expect([simulated.outcome, simulated.reason ?? null]).toEqual([real.status, real.reason]);
  expect(steps(simulated.path)).toEqual(steps(real.path));
  const attempts = deliveries.flatMap(({ tileId, attempts: made }) =>
    made.map(
      ({ number, startedAt, status: answered }: { number: number; startedAt: string; status: number }) => [
        ...[tileId, number, minutes(startedAt), answered],
      ],
    ),
  );
  const requests = simulated.requests.map(
    (request: { tileId: string; attempt: number; at: string; status: number }) => [
      ...[request.tileId, request.attempt, minutes(request.at), request.status],
    ],
  );
  expect(requests).toEqual(attempts);
});

/** A tile that calls an endpoint of its own, which answers as the story says. */
async function withWebhook(tile: { id: string; type: string }, name: string, answers: Story['answers']) {
  if (tile.type !== 'webhook') return tile;
  const path = `/${name.replace(/\W+/g, '-')}/${tile.id}`;
  world.receiver.respondAt(path, ...(answers[tile.id] as Reply[]));
  return { ...tile, webhookId: await world.webhook({ endpoint: world.receiver.url + path }) };
}
