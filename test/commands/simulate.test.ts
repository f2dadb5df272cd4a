import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, openClient } from '../../src/commands/client';
import { readScenarios, runScenarios } from '../../src/commands/scenarios';
import { type ApiWorld, createApiWorld } from '../support/api-world';
import { freePort } from '../support/serving';
import { createTestSimulator } from '../support/simulator';

const simulator = createTestSimulator();
let folder: string;
let world: ApiWorld;
let client: Client;
const clientAt = (port: number, apiKey = world.apiKey) =>
  openClient({ url: undefined, port, apiKey, dataDir: folder });
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wayhook-scenarios-'));
  world = await createApiWorld({ simulator });
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  client = clientAt((world.app.server.address() as AddressInfo).port);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.close();
  await simulator.close();
});

const JOURNEY = {
  name: 'Plans',
  tiles: [
    {
      ...{ id: 'plan', type: 'yesNoSplit', yes: 'wait', no: 'other' },
      when: { field: 'profile.plan', is: 'equals', value: 'pro' },
    },
    { id: 'wait', type: 'delay', for: '2 days', next: 'exit' },
    { id: 'other', type: 'exit', reason: 'no plan' },
  ],
};
const PRO = {
  name: 'waits',
  users: [{ email: 'ada@example.com', profile: { plan: 'pro' } }],
  startAt: '2027-01-04T09:00:00Z',
  expect: { outcome: 'completed', endedAt: '2027-01-06T09:00:00.000Z', path: ['plan', 'wait'] },
};

function file(name: string, content: unknown): string {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return join(folder, name);
}

async function run(journey: unknown, scenarios: unknown, by = client) {
  const lines: string[] = [];
  const given = () => readScenarios(file('journey.json', journey), file('scenarios.json', scenarios));
  const error = await Promise.resolve()
    .then(() => runScenarios(by, given(), (line) => void lines.push(line)))
    .catch(({ message }: Error) => message.replaceAll(`${folder}/`, ''));
  return { lines, error };
}

describe('npm run simulate', () => {
  it('says what went as expected, and what no scenario reaches or takes', async () => {
    expect(await run(JOURNEY, [PRO])).toEqual({
      lines: [
        '✓ waits',
        'No scenario reaches: other',
        'No scenario takes: plan → no',
        '1 scenario, as expected.',
      ],
      error: undefined,
    });
    const free = {
      ...PRO,
      name: 'leaves',
      users: [{ userId: 'bob', profile: {} }],
      expect: { detail: 'no plan' },
    };
    expect((await run(JOURNEY, [PRO, free])).lines).toEqual([
      '✓ waits',
      '✓ leaves',
      '2 scenarios, as expected.',
    ]);
  });

  it('prints what differs, runs the others, and fails', async () => {
    const wrong = { ...PRO, name: 'is wrong', expect: { outcome: 'exited', pathh: [] } };
    const { lines, error } = await run(JOURNEY, [wrong, PRO]);
    expect(lines.slice(0, 4)).toEqual([
      '✗ is wrong',
      '    outcome: expected "exited", but there is "completed"',
      '    pathh: expected [], but there is nothing',
      '✓ waits',
    ]);
    expect(error).toBe('1 of 2 scenarios differ.');
  });

  it.each<[string, unknown, unknown, string | RegExp]>([
    ['no JSON', '{', [PRO], /^journey\.json cannot be read: .*JSON/],
    ['no list', JOURNEY, {}, /scenarios\.json: This is no list of scenarios\. Write one/],
    ['no scenario', JOURNEY, [], 'scenarios.json: The list has no scenario. Add one.'],
    [
      'no name',
      JOURNEY,
      [PRO, { ...PRO, name: undefined }],
      'scenarios.json, [1].name: A scenario has a name. Add one, such as "buys nothing".',
    ],
    [
      'no users',
      JOURNEY,
      [{ ...PRO, users: 3 }],
      'scenarios.json, [0].users: A scenario has a list of users, such as [{"email": "ada@example.com"}].',
    ],
    [
      'one expectation of two users',
      JOURNEY,
      [{ ...PRO, users: [...PRO.users, { userId: 'bob' }] }],
      'scenarios.json, [0].expect: There are 2 users. Let expect be a list with an item for each.',
    ],
    [
      'an expectation that cannot fail',
      JOURNEY,
      [{ ...PRO, expect: {} }],
      'scenarios.json, [0].expect: Nothing is expected. Name the outcome, the path or the requests.',
    ],
    ['an unknown field', JOURNEY, [{ ...PRO, start: 1 }], /^scenarios\.json, \[0\] “waits”: .*start/],
    [
      'a faulty journey',
      { ...JOURNEY, tiles: [{ id: 'x', type: 'wait' }] },
      [PRO],
      /“waits”: journey\.tiles/,
    ],
  ])('names the file and the place of %s', async (_what, journey, scenarios, message) => {
    const { error } = await run(journey, scenarios);
    expect(error).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('names the file that is not there', () => {
    expect(() => readScenarios(join(folder, 'none.json'), 'x')).toThrow(/none\.json cannot be read: ENOENT/);
  });

  it('says that the server is not there, or refuses the key', async () => {
    const port = await freePort();
    const nobody = await run(JOURNEY, [PRO], clientAt(port));
    expect(nobody.error).toContain(`Wayhook does not answer at http://127.0.0.1:${port} (ECONNREFUSED)`);
    const { port: own } = world.app.server.address() as AddressInfo;
    expect((await run(JOURNEY, [PRO], clientAt(own, 'x'.repeat(48)))).error).toContain('WAYHOOK_API_KEY');
  });
});
