import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { isAlive } from '../../src/local/process-table';
import { answers } from '../../src/runtime/ports';
import { innerPortsIn } from '../../src/temporal/dev-server';
import { type FourPorts, freePorts } from '../support/serving';
import { until } from '../support/until';
import type { EntryAnswer, InboxAnswer } from './caller';
import { PERSONAL } from './caller';
import { API_KEY, createMachine, type Machine } from './machine';
import { GUARD_MS, type Program, type Settings } from './program';

const GOLDEN = '{"promotionId":123,"color":"red","email":"test.user@example.com","workflowId":12345}';

jest.setTimeout(GUARD_MS);

/** The least that the setting allows. */
const CACHED = 10;

describe('npm start', () => {
  let machine: Machine;
  let program: Program;

  beforeAll(async () => {
    machine = await createMachine();
    program = await machine.start({ WAYHOOK_MAX_CACHED_WORKFLOWS: CACHED });
  });
  afterAll(() => machine.close());

  const base = () => `http://localhost:${machine.settings.PORT}`;

  it('prints the addresses, the key and one command to paste, and logs nothing else', () => {
    const { METRICS_PORT, TEMPORAL_UI_PORT } = machine.settings;
    const { out, err } = program.written;
    for (const text of [
      `API             ${base()}\n`,
      `Documentation   ${base()}/docs\n`,
      `Temporal        http://localhost:${TEMPORAL_UI_PORT}\n`,
      `Metrics         http://localhost:${METRICS_PORT}/metrics\n`,
      'API key         the one you set in WAYHOOK_API_KEY\n',
      `curl ${base()}/api/workflows/triggerWorkflow`,
    ])
      expect(out).toContain(text);
    expect(err).toBe('');
  });

  it('answers at every address that it prints', async () => {
    const addresses = program.written.out.match(/(?<= {3})http:\S+/g)!;
    expect(addresses).toHaveLength(5);
    for (const address of addresses) {
      expect((await fetch(address, { headers: { accept: 'text/html' } })).status).toBe(200);
    }
    expect(await (await fetch(`${base()}/readyz`)).json()).toEqual({ database: true, temporal: true });
  });

  describe('after its printed command is run', () => {
    let entry: EntryAnswer;

    beforeAll(async () => {
      const { params } = await paste(program.written.out);
      [entry] = (await machine.api.ended([params.entryId])) as [EntryAnswer];
    });

    it('delivers the golden payload to its inbox, byte for byte (B094)', async () => {
      const { requests } = await machine.api.get<InboxAnswer>('/api/inbox/demo');
      expect(requests.map(({ body }) => body)).toEqual([GOLDEN]);
    });

    it('lists the entry, its delivery and its attempt', async () => {
      expect(entry).toMatchObject({ status: 'completed', tileId: 'send', deliveries: [expect.any(String)] });
      expect(await machine.api.deliveriesOf([entry])).toMatchObject([
        { status: 'delivered', attempts: [{ number: 1, status: 200, outcome: 'delivered' }] },
      ]);
    });

    it('shows the entry in Temporal with its journey, version and tile, and no personal data', async () => {
      const connection = await Connection.connect({ address: `127.0.0.1:${machine.settings.TEMPORAL_PORT}` });
      const handle = new Client({ connection }).workflow.getHandle(entry.temporal.workflowId);
      const { searchAttributes, status } = await handle.describe();
      const history = legible(await handle.fetchHistory());
      await connection.close();
      expect(status.name).toBe('COMPLETED');
      expect(searchAttributes).toMatchObject({ WayhookJourneyId: [12345], WayhookVersion: [1] });
      expect(history).toContain('Journey 12345, version 1');
      expect(history).toContain('Tile send: call webhook');
      expect(history).not.toMatch(/test\.user|example\.com|promotionId|color|inbox/);
      expect(entry.temporal.url).toContain(
        `:${machine.settings.TEMPORAL_UI_PORT}/namespaces/default/workflows/`,
      );
    });

    it('counts the attempt in its metrics', async () => {
      const metrics = await fetch(`http://localhost:${machine.settings.METRICS_PORT}/metrics`);
      const text = await metrics.text();
      expect(text).toMatch(/^wayhook_attempts_total\{outcome="delivered",reason="none"\} 1$/m);
      expect(text).toMatch(/^wayhook_attempt_duration_count\{outcome="delivered"\} 1$/m);
    });
  });

  it('has no more workflows in memory than the setting allows', async () => {
    const tiles = [
      { id: 'wait', type: 'delay', for: 'P1D' },
      { id: 'out', type: 'exit' },
    ];
    const { id } = await machine.api.post<{ id: number }>('/api/journeys', { name: 'Wait', tiles });
    await machine.api.post(`/api/journeys/${id}/publish`, {});
    await machine.api.trigger(id, 2 * CACHED);
    const metric = async (name: string) => {
      const answer = await fetch(`http://localhost:${machine.settings.METRICS_PORT}/metrics`);
      const [, value] = new RegExp(`^${name}\\{.* (\\d+)$`, 'm').exec(await answer.text()) ?? [];
      return Number(value ?? 0);
    };
    await until(async () => (await metric('temporal_sticky_cache_total_forced_eviction_total')) >= CACHED);
    expect(await metric('temporal_sticky_cache_size')).toBe(CACHED);
  });

  it('tests a webhook against its own inbox (B107)', async () => {
    const endpoint = `${base()}/inbox/tried?body={"order":{"status":"{{status}}"}}`;
    const webhook = { name: 'Test', endpoint, dataRetrieval: true };
    const tested = await machine.api.post('/api/journeyWebhooks/test', {
      webhook,
      sample: { status: 'open' },
    });
    expect(tested).toMatchObject({ ok: true, testToken: expect.any(String) });
    expect(tested).toHaveProperty('fields.1', { path: 'order.status', type: 'string', sample: 'open' });
    expect(await inbox('tried')).toHaveLength(1);
  });

  it('makes its data and keys readable only by their owner', () => {
    expect(statSync(machine.folder).mode & 0o777).toBe(0o700);
    const made = readdirSync(machine.folder, { recursive: true, encoding: 'utf8' });
    expect(made).toEqual(
      expect.arrayContaining(['secret-key', 'temporal.db', 'temporal.log', 'temporal.pid']),
    );
    const others = made.filter((name) => (lstatSync(join(machine.folder, name)).mode & 0o077) !== 0);
    // Files that the embedded database makes while it runs are narrowed at the next start.
    expect(others.filter((name) => !name.startsWith('database/'))).toEqual([]);
  });

  it.each(['127.0.0.1', '127.0.0.2', 'localhost', '[::1]', '[::ffff:127.0.0.1]'])(
    'calls none of its own services at %s, in a journey or in a test',
    async (host) => {
      const { METRICS_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT } = machine.settings;
      const command = readFileSync(`/proc/${machine.temporalPid()}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const { http, metrics } = innerPortsIn(command)!;
      const ports = [METRICS_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT, http, metrics];
      const endpoints = ports.map((port) => `http://${host}:${port}/`);
      for (const endpoint of endpoints) {
        const webhook = { name: 'Test', endpoint };
        const tested = await machine.api.post('/api/journeyWebhooks/test', { webhook, sample: {} });
        expect([endpoint, tested]).toMatchObject([endpoint, { error: { reason: 'blocked_address' } }]);
      }
      const [entryId] = await machine.api.trigger(await machine.api.publish({ endpoint: endpoints[0]! }), 1);
      expect(await machine.api.ended([entryId!])).toMatchObject([
        { status: 'exited', reason: 'blocked_address' },
      ]);
    },
  );

  describe('while another is running', () => {
    const refused: [string, () => Settings | Promise<Settings>, RegExp][] = [
      [
        'on the same data folder',
        () => ({}),
        /^Another Wayhook is running on the data folder .*\. Stop it, or set WAYHOOK_DATA_DIR to another folder\.$/,
      ],
      [
        'on the same port',
        () => elsewhere('PORT'),
        /^Port \d+ is in use by another program\. Stop it, or set PORT to a free port\.$/,
      ],
      [
        'on the same port for metrics',
        () => elsewhere('METRICS_PORT'),
        /^Port \d+ is in use .* set METRICS_PORT to a free port\.$/,
      ],
      [
        'on the same port for Temporal',
        () => elsewhere('TEMPORAL_PORT'),
        /^Port \d+ is in use .* set TEMPORAL_PORT to a free port\. To use a Temporal server that runs there, set TEMPORAL_ADDRESS\.$/,
      ],
      [
        'on the same port for the Web UI',
        () => elsewhere('TEMPORAL_UI_PORT'),
        /^Port \d+ is in use .* set TEMPORAL_UI_PORT to a free port\.$/,
      ],
    ];

    /** Free ports and another folder, except for one port. */
    async function elsewhere(inUse: keyof Machine['settings']): Promise<Settings> {
      const [PORT, METRICS_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT] = (await freePorts(4)) as FourPorts;
      return {
        ...{ PORT, METRICS_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT },
        [inUse]: machine.settings[inUse],
        WAYHOOK_DATA_DIR: join(machine.folder, '../other'),
      };
    }

    it.each(refused)('refuses a second start %s in one sentence', async (_place, settings, sentence) => {
      const second = machine.launch(await settings());
      expect(await second.ended).toBe(1);
      expect(second.written.err.trim()).toMatch(sentence);
      expect(second.written.out).toBe('');
    });
  });

  it('on a double Ctrl-C answers and records requests under way, then stops everything it started', async () => {
    const journeyId = await machine.api.publish({ endpoint: `${base()}/inbox/slow?delayMs=1500` }, 2);
    const entryIds = await machine.api.trigger(journeyId, 20);
    await until(async () => (await inbox('slow')).length >= 20);
    const temporalPid = machine.temporalPid();
    program.signal('SIGINT');
    program.signal('SIGINT');
    expect(await program.ended).toBe(0);
    expect(isAlive(temporalPid)).toBe(false);
    expect(await answers(machine.settings.PORT)).toBe(false);
    expect(program.written.err).toBe('');

    program = await machine.start();
    const entries = await machine.api.ended(entryIds);
    expect(entries.map(({ status }) => status)).toEqual(Array(20).fill('completed'));
    const deliveries = await machine.api.deliveriesOf(entries);
    expect(deliveries.map(({ attempts }) => attempts.map(({ status }) => status))).toEqual(
      Array(40).fill([200]),
    );
    expect(await inbox('slow')).toHaveLength(40);
  });

  it('prints nothing personal, and no key', () => {
    const { out, err } = program.written;
    expect(out + err).not.toContain(PERSONAL.email);
    expect(out + err).not.toContain(PERSONAL.field);
    expect(out + err).not.toContain(API_KEY);
  });

  const inbox = async (name: string) => (await machine.api.get<InboxAnswer>(`/api/inbox/${name}`)).requests;
});

/** Makes the call of the greeting's first curl, with the key that a shell puts into it. */
async function paste(greeting: string): Promise<{ params: { entryId: string } }> {
  const [, url, header, body] = /curl (\S+) \\\n\s+-H ("Api-Key: .*?") .*\\\n\s+-d '(.*)'/.exec(greeting)!;
  const env = { ...process.env, WAYHOOK_API_KEY: API_KEY };
  const [, key] = execFileSync('sh', ['-c', `printf %s ${header}`], { env, encoding: 'utf8' }).split(': ');
  const headers = { 'Api-Key': key!, 'Content-Type': 'application/json' };
  const answer = await fetch(url!, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  return answer.json() as Promise<{ params: { entryId: string } }>;
}

/** A history as text, with its payloads decoded. */
function legible(history: object): string {
  return JSON.stringify(history).replace(/(?<="data":")[^"]+/g, (text) =>
    Buffer.from(text, 'base64').toString(),
  );
}
