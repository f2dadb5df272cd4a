import { type ApiWorld, createApiWorld } from '../support/api-world';
import { ADA, START } from './simulations';
import { createTestSimulator } from '../support/simulator';

const simulator = createTestSimulator();
let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld({ simulator });
});
afterAll(async () => {
  await world.close();
  await simulator.close();
});

it('the same simulation has the same answer byte for byte, in another thread too', async () => {
  const webhook = {
    ...{ name: 'CRM', endpoint: 'https://crm.example.com/users', signing: { enabled: true } },
    body: '{"id":"{{profileId}}","branch":"{{branch}}"}',
  };
  const { id: webhookId } = (await world.call('POST', '/api/journeyWebhooks', webhook)).body;
  const call = (id: string, more: object = {}) => ({ id, type: 'webhook', webhookId, ...more });
  const journey = {
    ...{ name: 'All sorts', timeZone: 'Europe/Berlin', entry: { source: 'event', eventName: 'cart' } },
    // Those whom it holds are spread over its first minutes.
    sendWindow: { days: ['mon', 'wed'], from: '09:00', to: '11:00', timeZone: 'user' },
    tiles: [
      {
        ...{ id: 'ab', type: 'abSplit' },
        branches: [
          { name: 'left', weight: 40, next: 'limited' },
          { name: 'right', weight: 60, next: 'held' },
        ],
      },
      call('limited', { rateLimit: { limit: 2, per: 'minute' }, next: 'wait' }),
      call('held', { callback: { timeout: '2 days' } }),
      { id: 'wait', type: 'waitFor', for: [{ event: 'cart' }], timeout: '3 days' },
      { id: 'mark', type: 'updateProfile', fields: { done: true } },
      call('last'),
    ],
  };
  const users = Array.from({ length: 6 }, (_, index) => ({
    ...{ userId: `u${index}`, profile: { timeZone: index % 2 ? 'Asia/Tokyo' : 'America/Lima' } },
    events: [{ at: `${1 + (index % 5)} days`, eventName: 'cart' }],
    callbacks: { held: { after: '1 hour', status: 'success' } },
  }));
  const scenario = {
    ...{ journey, startAt: START, users: [ADA, ...users], until: '30 days' },
    responses: { limited: [{ status: 503 }, { status: 200, after: '2 seconds' }], held: [{ status: 202 }] },
  };
  const answers: string[] = [];
  for (let run = 0; run < 5; run += 1) {
    // The first thread makes its database, the second has a copy.
    if (run === 2) await simulator.close();
    const { status, body } = await world.call('POST', '/api/journeys/simulate', scenario);
    expect([status, body.msg]).toEqual([200, undefined]);
    answers.push(JSON.stringify(body));
  }
  const ways = JSON.parse(answers[0]!).users.map(({ path }: { path: { way: string }[] }) => path[0]!.way);
  expect(new Set(ways)).toEqual(new Set(['left', 'right']));
  expect(answers[0]!.match(/"status":/g)!.length).toBeGreaterThan(12);
  expect(new Set(answers).size).toBe(1);
});
