import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differencesBetween } from '../../src/commands/scenario-differences';
import { type ApiWorld, createApiWorld } from '../support/api-world';
import { type Receiver, startReceiver } from '../support/receiver';
import { createTestSimulator } from '../support/simulator';

const EXAMPLES = join(__dirname, '../../examples');
const FOLDER = join(EXAMPLES, 'scenarios');
/** Where the webhooks send: the inbox of a Wayhook with default settings. */
const INBOX = 'http://127.0.0.1:8080/inbox';
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.journey.json'))
  .map((file) => file.replace('.journey.json', ''));

const simulator = createTestSimulator();
let world: ApiWorld;
let receiver: Receiver;
/** Saved in the order of examples/README.md, so that they get the ids that the journeys name. */
async function save(file: string): Promise<void> {
  const text = readFileSync(join(EXAMPLES, 'webhooks', file), 'utf8').replaceAll(INBOX, receiver.url);
  const webhook = JSON.parse(text);
  const test = await world.call('POST', '/api/journeyWebhooks/test', { webhook, sample: {} });
  const { testToken } = webhook.dataRetrieval ? test.body : {};
  const { status } = await world.call('POST', '/api/journeyWebhooks', { ...webhook, testToken });
  expect([file, status]).toEqual([file, 201]);
}
beforeAll(async () => {
  receiver = await startReceiver();
  receiver.respond({ body: { points: 50 } });
  world = await createApiWorld({ simulator });
  for (const file of ['crm', 'crm', 'fallback', 'scoring', 'approval']) await save(`${file}.json`);
});
afterAll(async () => {
  await receiver.close();
  await world.close();
  await simulator.close();
});

const read = (file: string) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));

it.each(names)('%s goes as its scenarios expect, which reach every tile', async (name) => {
  const journey = read(`${name}.journey.json`);
  const reached = new Set<string>();
  for (const { name: scenario, expect: expected, ...request } of read(`${name}.scenarios.json`)) {
    const { status, body } = await world.call('POST', '/api/journeys/simulate', { journey, ...request });
    expect([scenario, status, body.msg]).toEqual([scenario, 200, undefined]);
    const actual = Array.isArray(expected) ? body.users : body.users[0];
    expect([scenario, differencesBetween(expected, actual)]).toEqual([scenario, []]);
    for (const { id } of journey.tiles) if (!body.uncovered.includes(id)) reached.add(id);
  }
  expect(journey.tiles.map(({ id }: { id: string }) => id).filter((id: string) => !reached.has(id))).toEqual(
    [],
  );
});
