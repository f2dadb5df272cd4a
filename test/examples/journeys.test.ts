import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureApiKey } from '../../src/db/api-keys';
import { type ApiWorld, createApiWorld } from '../support/api-world';
import { createWorld, type Passage, type World } from '../support/world';

const EXAMPLES = join(__dirname, '../../examples');
const API_KEY = 'the key of these tests';
const DAY_MS = 86_400_000;

/** Where the examples send: the inbox of a Wayhook with default settings. */
const INBOX = 'http://127.0.0.1:8080/inbox';

let world: World;
let api: ApiWorld;

function example(path: string): string {
  return readFileSync(join(EXAMPLES, path), 'utf8').replaceAll(INBOX, world.receiver.url);
}

/** What a newcomer does with curl, in the same order, so that the webhooks get the ids that the journeys name. */
async function post(path: string, body?: string) {
  const answer = await api.call('POST', path, body, { 'api-key': API_KEY });
  if (answer.status > 201) throw new Error(`${path} was answered ${answer.status}: ${answer.body.msg}`);
  return answer.body;
}

async function enter(workflowId: number, email: string, dataFields = {}): Promise<Passage> {
  const trigger = JSON.stringify({ workflowId, email, dataFields });
  const { params } = await post('/api/workflows/triggerWorkflow', trigger);
  return world.ended(params.entryId);
}

beforeAll(async () => {
  world = await createWorld();
  api = await createApiWorld({ db: world.db, sealer: world.sealer, enqueue: world.dispatcher.enqueue });
  await ensureApiKey(world.db, API_KEY, 'tests', ['admin']);
  await world.webhook({ name: 'Demo inbox', endpoint: `${world.receiver.url}/demo` });
  await post('/api/journeyWebhooks', example('webhooks/crm.json'));
  await post('/api/journeyWebhooks', example('webhooks/fallback.json'));
  for (const file of readdirSync(join(EXAMPLES, 'journeys'))) {
    const { id } = await post('/api/journeys', example(`journeys/${file}`));
    await post(`/api/journeys/${id}/publish`);
  }
});
afterAll(async () => {
  await api.close();
  await world.close();
});

describe('the example journeys, published through the API', () => {
  it('welcome.json sends the trigger to its webhook', async () => {
    const { entry, deliveries } = await enter(1001, 'welcome@example.com', { color: 'red' });
    expect(entry.status).toBe('completed');
    const [sent] = receivedBy(deliveries.map(({ id }) => id));
    expect(sent!.json()).toEqual({ color: 'red', email: 'welcome@example.com', workflowId: 1001 });
  });

  it('with-failure-way.json calls the fallback only if the CRM refuses', async () => {
    world.receiver.respondAt('/crm/users/refused%40example.com', 410);
    const refused = await enter(1002, 'refused@example.com', { plan: 'pro', age: 40 });
    expect(refused.entry).toMatchObject({ status: 'completed', tileId: 'fallback' });
    expect(refused.deliveries.map(({ tileId, status }) => [tileId, status])).toEqual([
      ['crm', 'failed'],
      ['fallback', 'delivered'],
    ]);

    const taken = await enter(1002, 'taken@example.com', { plan: 'pro', age: 40 });
    expect(taken.deliveries.map(({ tileId, status }) => [tileId, status])).toEqual([['crm', 'delivered']]);
  });

  it('crm.json and fallback.json send what the documentation says they send', async () => {
    world.receiver.respondAt('/crm/users/a.b%40example.com', 410);
    const { deliveries } = await enter(1002, 'a.b@example.com', { plan: 'pro', age: 40 });
    const [crm, fallback] = receivedBy(deliveries.map(({ id }) => id));
    expect(crm).toMatchObject({
      method: 'PUT',
      url: '/crm/users/a.b%40example.com?respond=410',
      headers: { 'x-source': 'journey 1002' },
      text: '{"plan":"pro","age":40,"email":"a.b@example.com","workflowId":1002}',
    });
    expect(fallback!.text).toBe('plan=pro&age=40&email=a.b%40example.com&workflowId=1002&failed=crm');
  });

  it('reminder-with-delay.json sends a second time three days after the first', async () => {
    const { entry, deliveries } = await enter(1003, 'reminder@example.com');
    expect(entry.status).toBe('completed');
    const [first, second] = deliveries;
    const apart = second!.createdAt.getTime() - first!.endedAt!.getTime();
    expect(Math.round((apart / DAY_MS) * 100)).toBe(300);
  });
});

/** The requests of these deliveries, each found by its webhook-id. */
function receivedBy(deliveryIds: string[]) {
  return deliveryIds.map((id) => world.receiver.requests.find(({ headers }) => headers['webhook-id'] === id));
}
