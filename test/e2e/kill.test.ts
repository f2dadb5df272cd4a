import { isAlive } from '../../src/local/process-table';
import { hang, type Receiver, startReceiver } from '../support/receiver';
import { until } from '../support/until';
import type { InboxAnswer } from './caller';
import { createMachine, type Machine } from './machine';
import { GUARD_MS, type Program } from './program';

jest.setTimeout(GUARD_MS);

/** Requests that time out meanwhile are retried after three minutes. */
const ALL_WITHIN_MS = 300_000;

describe('npm start, killed', () => {
  let machine: Machine;
  let program: Program;
  let endpoint: Receiver;
  let journeyId: number;

  beforeAll(async () => {
    endpoint = await startReceiver();
    machine = await createMachine();
    program = await machine.start();
    journeyId = await machine.api.publish({ endpoint: endpoint.url });
  });
  afterAll(async () => {
    await machine.close();
    await endpoint.close();
  });

  it('restarts its Temporal server when only that is killed, and entries finish', async () => {
    const killed = machine.temporalPid();
    process.kill(killed, 'SIGKILL');
    const entryIds = await machine.api.trigger(journeyId, 3);
    const entries = await machine.api.ended(entryIds);
    expect(entries.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    expect(isAlive(killed)).toBe(false);
    expect(isAlive(machine.temporalPid())).toBe(true);
    expect(program.written.err).toContain('The Temporal server has ended and is restarted.');
  });

  it('waits on a stop only for requests under way when Temporal does not answer, and records them', async () => {
    const inbox = '/inbox/slow?delayMs=5000';
    const slow = await machine.api.publish({ endpoint: `http://localhost:${machine.settings.PORT}${inbox}` });
    const entryIds = await machine.api.trigger(slow, 3);
    const { get } = machine.api;
    await until(async () => (await get<InboxAnswer>('/api/inbox/slow')).requests.length === 3);
    const temporalPid = machine.temporalPid();
    process.kill(temporalPid, 'SIGSTOP');
    const began = Date.now();
    program.signal('SIGTERM');
    expect(await program.ended).toBe(0);
    const stopped = Date.now();
    await until(async () => !isAlive(temporalPid));

    program = await machine.start();
    // A stop takes five seconds and some work, and the SDK would wait for half a minute. On a busy machine work takes
    // longer, as does a start.
    expect(stopped - began).toBeLessThan(15_000 + 3 * (Date.now() - stopped));
    const entries = await machine.api.ended(entryIds);
    expect(entries.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    const deliveries = await machine.api.deliveriesOf(entries);
    expect(deliveries.map(({ attempts }) => attempts.map(({ status }) => status))).toEqual([
      [200],
      [200],
      [200],
    ]);
  });

  it('finishes ten entries that a kill -9 interrupted, on the Temporal server that is still running', async () => {
    const before = endpoint.requests.length;
    endpoint.respond(hang);
    const entryIds = await machine.api.trigger(journeyId, 10);
    await endpoint.waitFor(before + 10, ALL_WITHIN_MS);
    program.signal('SIGKILL');
    expect(await program.ended).toBe(null);
    const temporalPid = machine.temporalPid();
    endpoint.respond(200);

    program = await machine.start();
    expect(program.written.out).toContain('Took over the Temporal server');
    expect(machine.temporalPid()).toBe(temporalPid);
    const entries = await machine.api.ended(entryIds);
    expect(entries.map(({ status }) => status)).toEqual(Array(10).fill('completed'));
    const deliveries = await machine.api.deliveriesOf(entries);
    expect(deliveries.map(({ attempts }) => attempts.map(({ status }) => status))).toEqual(
      Array(10).fill([null, 200]),
    );
    program.signal('SIGTERM');
    expect(await program.ended).toBe(0);
    await until(async () => !isAlive(temporalPid));
    expect(isAlive(temporalPid)).toBe(false);
  });
});
