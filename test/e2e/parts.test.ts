import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { devServerArguments } from '../../src/temporal/dev-server';
import { type Receiver, type Reply, startReceiver } from '../support/receiver';
import { type FourPorts, freePort, freePorts } from '../support/serving';
import { until } from '../support/until';
import { type Caller, createCaller, PERSONAL } from './caller';
import { createOwnDatabase, type OwnDatabase } from './postgres';
import { GUARD_MS, launch, type Program, run, type Settings } from './program';

const API_KEY = randomBytes(24).toString('hex');
const SECRET_KEY = randomBytes(32).toString('base64');
const BEARER = 'a-bearer-token-that-no-log-may-show';
const LATE_MS = 1_500;

type Part = 'server' | 'worker' | 'migrate' | 'probe-limits';

jest.setTimeout(GUARD_MS);

/** So that no test has to wait for the build. */
beforeAll(async () => {
  expect(await launch(['build.mjs'], {}).ended).toBe(0);
});

describe('a part of the program alone', () => {
  const complete = {
    DATABASE_URL: 'postgres://wayhook:hunter2@127.0.0.1:1/wayhook',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    WAYHOOK_SECRET_KEY: SECRET_KEY,
  };
  const refused: [Part, string, Settings, RegExp][] = [
    ['server', 'without a Temporal server', { TEMPORAL_ADDRESS: '' }, /^TEMPORAL_ADDRESS is not set\. .*\.$/],
    ['worker', 'without a Temporal server', { TEMPORAL_ADDRESS: '' }, /^TEMPORAL_ADDRESS is not set\. .*\.$/],
    ['worker', 'without a database', { DATABASE_URL: '' }, /^DATABASE_URL is not set\. .*\.$/],
    ['migrate', 'without a database', { DATABASE_URL: '' }, /^DATABASE_URL is not set: .*\.$/],
    ['server', 'without the secret key', { WAYHOOK_SECRET_KEY: '' }, /^WAYHOOK_SECRET_KEY is not set\. .*$/],
    [
      'server',
      'while Postgres is down',
      {},
      /^The database of DATABASE_URL cannot be used: .*127\.0\.0\.1:1\. Start Postgres, .*\.$/,
    ],
    [
      'migrate',
      'while Postgres is down',
      {},
      /^The database of DATABASE_URL cannot be used: .*127\.0\.0\.1:1\. Start Postgres, .*\.$/,
    ],
    [
      'probe-limits',
      'while Temporal is down',
      {},
      /^Temporal cannot be reached at 127\.0\.0\.1:1: .*Is TEMPORAL_ADDRESS right\?$/,
    ],
  ];

  it.each(refused)('refuses to start as %s %s, in one sentence', async (part, _when, settings, sentence) => {
    const ports = { PORT: await freePort(), METRICS_PORT: await freePort() };
    const program = launch(['run.mjs', part], { ...complete, ...ports, ...settings });
    expect(await program.ended).toBe(1);
    expect(program.written.err.trim()).toMatch(sentence);
    expect(program.written.err).not.toContain('hunter2');
  });

  it('probes whether a Temporal server enforces rate limits', async () => {
    const TEMPORAL_ADDRESS = process.env.TEMPORAL_ADDRESS!;
    const program = launch(['run.mjs', 'probe-limits'], { TEMPORAL_ADDRESS });
    expect(await program.ended).toBe(0);
    expect(program.written.out).toContain(`${TEMPORAL_ADDRESS} enforces rate limits.`);
  });
});

/** Separate parts share Postgres, so these tests run with DATABASE_URL only (npm run test:postgres). */
function partsOnPostgres(databaseUrl: string): void {
  const programs: Program[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'wayhook-parts-'));
  let database: OwnDatabase;
  let endpoint: Receiver;
  let ports: FourPorts;
  let temporal: Program | undefined;
  let server: Program;
  let first: Program;
  let second: Program;
  let api: Caller;
  let journeyId: number;

  beforeAll(async () => {
    database = await createOwnDatabase(databaseUrl);
    endpoint = await startReceiver();
    ports = (await freePorts(4)) as FourPorts;
    api = createCaller(`http://127.0.0.1:${ports[0]}`, API_KEY);
  });
  afterAll(async () => {
    const left = temporal ? [...programs, temporal] : programs;
    left.forEach((program) => program.signal('SIGKILL'));
    await Promise.all(left.map((program) => program.ended));
    await endpoint.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (part: Part, more: Settings = {}) => {
    const [PORT, , , temporalPort] = ports;
    const program = launch(['run.mjs', part], {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
      WAYHOOK_API_KEY: API_KEY,
      WAYHOOK_SECRET_KEY: SECRET_KEY,
      WAYHOOK_HOST: '127.0.0.1',
      WAYHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      WAYHOOK_ALLOW_HTTP: 'on',
      PORT,
      ...more,
    });
    programs.push(program);
    return program;
  };
  const startTemporal = () => {
    const options = { port: ports[3], namespace: 'default', databaseFile: join(folder, 'temporal.db') };
    temporal = run(process.env.WAYHOOK_TEMPORAL_BINARY!, devServerArguments(options));
  };
  const readiness = async () => {
    const answer = await fetch(`http://127.0.0.1:${ports[0]}/readyz`);
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  const untilReadiness = (wanted: object) => until(async () => isDeepStrictEqual(await readiness(), wanted));
  const untilReady = () => untilReadiness({ status: 200, database: true, temporal: true });
  const statuses = async (entryIds: string[]) => (await api.ended(entryIds)).map(({ status }) => status);
  const metricsOf = async (port: number) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

  it('do not start before the database is migrated, and say how to do it', async () => {
    await database.empty();
    const early = start('server', { METRICS_PORT: ports[1] });
    expect(await early.ended).toBe(1);
    expect(early.written.err.trim()).toMatch(/^The database lacks 0001_.*\.sql.*\. Run: npm run migrate$/);
  });

  it('are migrated once', async () => {
    const migrated = start('migrate');
    expect(await migrated.ended).toBe(0);
    expect(migrated.written.out).toMatch(/^Applied 0001_.*\.sql.*\.$/m);
    const again = start('migrate');
    expect(await again.ended).toBe(0);
    expect(again.written.out).toContain('The database is up to date.');
  });

  it('accept entries while Temporal is away, and deliver them once it is back', async () => {
    server = start('server', { METRICS_PORT: ports[1] });
    first = start('worker', { METRICS_PORT: ports[2] });
    await server.says('the server runs');
    await first.says('could not connect to Temporal; will retry');
    expect((await fetch(`http://127.0.0.1:${ports[0]}/healthz`)).status).toBe(200);
    await untilReadiness({ status: 503, database: true, temporal: false });

    const authentication = { type: 'bearer', token: BEARER };
    journeyId = await api.publish({ endpoint: endpoint.url, authentication });
    const entryIds = await api.trigger(journeyId, 3);
    startTemporal();
    expect(await statuses(entryIds)).toEqual(['completed', 'completed', 'completed']);
    await untilReady();
    expect(endpoint.requests[0]?.headers.authorization).toBe(`Bearer ${BEARER}`);
  });

  it('let a stopping worker finish its requests while another takes new ones', async () => {
    const before = endpoint.requests.length;
    endpoint.respond(late);
    const underWay = await api.trigger(journeyId, 5);
    await endpoint.waitFor(before + 5);
    const METRICS_PORT = await freePort();
    second = start('worker', { METRICS_PORT });
    first.signal('SIGTERM');
    expect(await first.ended).toBe(0);
    const deliveries = await api.deliveriesOf(await api.ended(underWay));
    expect(deliveries.map(({ attempts }) => attempts.map(({ status }) => status))).toEqual(
      Array(5).fill([200]),
    );

    endpoint.respond(200);
    await second.says('the worker runs');
    expect(await statuses(await api.trigger(journeyId, 2))).toEqual(['completed', 'completed']);
    expect(endpoint.requests).toHaveLength(before + 7);
    const metrics = await metricsOf(METRICS_PORT);
    expect(metrics).toMatch(/^wayhook_attempts_total\{outcome="delivered",reason="none"\} \d+$/m);
    expect(metrics).toMatch(/^wayhook_attempt_duration_count\{outcome="delivered"\} \d+$/m);
  });

  it('are not ready while the database is away, and go on when it is back', async () => {
    await database.away();
    await untilReadiness({ status: 503, database: false, temporal: true });
    await database.back();
    await untilReady();
    expect(await statuses(await api.trigger(journeyId, 2))).toEqual(['completed', 'completed']);
  });

  it('refuse a port in use in one sentence', async () => {
    const twin = start('server', { METRICS_PORT: await freePort() });
    expect(await twin.ended).toBe(1);
    expect(twin.written.err.trim()).toMatch(/^Port \d+ is in use .* set PORT to a free port\.$/);
    const crowded = start('worker', { METRICS_PORT: ports[1] });
    expect(await crowded.ended).toBe(1);
    expect(crowded.written.err.trim()).toMatch(/^Port \d+ is in use .* set METRICS_PORT to a free port\.$/);
  });

  it('end on a SIGTERM, having logged nothing personal and no secret', async () => {
    for (const part of [server, second]) {
      part.signal('SIGTERM');
      expect(await part.ended).toBe(0);
    }
    const logs = programs.map(({ written }) => written.out + written.err).join('');
    expect(logs).toContain('"route":"/api/workflows/triggerWorkflow"');
    for (const secret of [PERSONAL.email, PERSONAL.field, API_KEY, SECRET_KEY, BEARER]) {
      expect(logs).not.toContain(secret);
    }
  });
}

const late: Reply = (_request, response) => {
  setTimeout(() => response.end(), LATE_MS);
};

if (process.env.DATABASE_URL) {
  const url = process.env.DATABASE_URL;
  describe('parts that run apart', () => partsOnPostgres(url));
}
