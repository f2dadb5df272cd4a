import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { request } from 'undici';
import { insertJob } from '../../../src/db/jobs/jobs';
import { importChunks, imports, jobs, outbox } from '../../../src/db/schema';
import { applyRetention } from '../../../src/background/retention';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { ended } from '../../support/importing';
import { until } from '../../support/until';

let world: ApiWorld;
let port: number;
let key: string;
beforeAll(async () => {
  world = await createApiWorld();
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = world.app.server.address() as AddressInfo);
  key = await world.keyWith('trigger');
});
afterEach(async () => {
  for (const table of [imports, jobs, outbox]) await world.db.delete(table);
});
afterAll(() => world.close());

const stored = async () => ({
  files: (await world.db.select().from(imports)).length,
  chunks: (await world.db.select({ position: importChunks.position }).from(importChunks)).length,
});
const NOTHING = { files: 0, chunks: 0 };

/** Sends the head of an upload, and whatever is written to the socket then. */
async function begin(length: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST /api/users/import HTTP/1.1\r\nHost: localhost\r\nApi-Key: ${key}\r\n` +
      `Content-Type: text/csv\r\nContent-Length: ${length}\r\n\r\n`,
  );
  return socket;
}

const send = (body: Readable) =>
  request(`http://127.0.0.1:${port}/api/users/import`, {
    method: 'POST',
    headers: { 'api-key': key, 'content-type': 'text/csv' },
    body,
  });

function* rows(count: number): Generator<string> {
  yield 'userId,text\n';
  for (let n = 0; n < count; n += 1000) {
    yield Array.from({ length: 1_000 }, (_, m) => `up-${n + m},"some\ntext"\n`).join('');
  }
}

describe('the upload of a file', () => {
  it('is stored in chunks as it arrives, and deleted when its job ends', async () => {
    const bytes = Buffer.byteLength([...rows(50_000)].join(''));
    const answer = await send(Readable.from(rows(50_000)));
    expect(answer.statusCode).toBe(202);
    const { jobId } = (await answer.body.json()) as { jobId: string };
    expect(await stored()).toEqual({ files: 1, chunks: Math.ceil(bytes / 262_144) });
    expect(await ended(world, jobId)).toMatchObject({
      ...{ state: 'completed', total: 50_000, done: 50_000, refusedCount: 0 },
    });
    expect(await stored()).toEqual(NOTHING);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const socket = await begin(10_000_000);
    socket.write(`userId\n${'some-user\n'.repeat(60_000)}`);
    await until(async () => (await stored()).chunks >= 2);
    socket.destroy();
    await until(async () => (await stored()).files === 0);
    expect(await stored()).toEqual(NOTHING);
    expect((await world.call('GET', '/api/jobs')).body.jobs).toEqual([]);
    expect(world.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  it('is refused for its header before the rest has arrived, and the sender can read why', async () => {
    const answer = await send(
      Readable.from(
        (function* () {
          yield 'name,age\n';
          for (let n = 0; n < 100; n += 1) yield 'x,1\n'.repeat(50_000);
        })(),
      ),
    );
    expect(answer.statusCode).toBe(400);
    expect(await answer.body.json()).toMatchObject({ msg: expect.stringContaining('email or userId') });
    expect(await stored()).toEqual(NOTHING);
  });

  it('is refused when declared larger than 1 GiB', async () => {
    const socket = await begin(1_073_741_825);
    let answer = '';
    socket.on('data', (part) => (answer += part));
    await until(async () => answer.endsWith('}'));
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*"code":"PayloadTooLarge"/);
    expect(answer).toContain('larger than 1 GiB');
    socket.destroy();
    expect(await stored()).toEqual(NOTHING);
  });

  it('is removed by the cleaner after a crash or a failed job, and not while its job is open', async () => {
    const state = async (id: string) => (await world.db.select().from(imports)).some((row) => row.id === id);
    const old = sql`now() - interval '2 hours'`;
    for (const id of ['job_crashed', 'job_open']) {
      await world.db.insert(imports).values({ id, touchedAt: old });
      await world.db
        .insert(importChunks)
        .values({ importId: id, position: 0, bytes: Buffer.from('userId\n') });
    }
    await world.db.insert(imports).values({ id: 'job_coming' });
    await insertJob(world.db, { id: 'job_open', kind: 'elsewhere', parameters: {} });
    await applyRetention({ db: world.db, log: pino({ level: 'silent' }), retentionDays: 30 });
    expect(await state('job_crashed')).toBe(false);
    expect(await state('job_open')).toBe(true);
    expect(await state('job_coming')).toBe(true);
    expect((await stored()).chunks).toBe(1);
  });
});
