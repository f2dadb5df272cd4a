import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedWorld } from '../../src/simulation/contract';
import { createSimulator, type Simulator } from '../../src/simulation/simulator';

/* A thread that does what the simulation's start says: the limits of a thread do not depend on what runs in it. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
if (!workerData.image) parentPort.postMessage({ image: new Uint8Array([1, 2, 3]) });
let asked = 0;
parentPort.on('message', (world) => {
  asked += 1;
  const { journeyId } = JSON.parse(world);
  if (journeyId === 1) for (const rows = []; ; ) rows.push(new Array(100_000).fill(rows.length));
  if (journeyId === 2) process.exit(0);
  if (journeyId === 3) return parentPort.postMessage({ refused: { code: 'SimulationTooLong', message: 'no' } });
  parentPort.postMessage({ result: JSON.stringify({ asked, image: [...(workerData.image ?? [])] }) });
});`;

let folder: string;
let simulator: Simulator;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wayhook-thread-'));
  const thread = join(folder, 'thread.cjs');
  writeFileSync(thread, THREAD);
  simulator = createSimulator({ migrations: '', workflowBundle: '', maxRequests: 4, thread });
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

const simulate = (journeyId: number) => simulator.simulate({ journeyId } as SimulatedWorld);

it('a simulation that fills the thread’s memory is refused, and the next one runs in a new thread', async () => {
  expect(await simulate(0)).toEqual({ asked: 1, image: [] });
  await expect(simulate(1)).rejects.toMatchObject({
    ...{ code: 'SimulationTooLong', message: expect.stringMatching(/too much memory\. Send fewer users/) },
  });
  // It has a copy of the first one's database.
  expect(await simulate(0)).toEqual({ asked: 1, image: [1, 2, 3] });
  expect(await simulate(0)).toMatchObject({ asked: 2 });
});

it('a thread that ends by itself fails its simulation only', async () => {
  await expect(simulate(2)).rejects.toThrow('The thread of simulations ended.');
  expect(await simulate(0)).toMatchObject({ asked: 1 });
});

it('after a refusal the thread is another: something may still be under way in it', async () => {
  expect(await simulate(0)).toMatchObject({ asked: 2 });
  await expect(simulate(3)).rejects.toMatchObject({ code: 'SimulationTooLong', message: 'no' });
  expect(await simulate(0)).toMatchObject({ asked: 1 });
});

it('twenty wait their turn, and one more is told to come back', async () => {
  const asked = Array.from({ length: 20 }, () => simulate(0));
  await expect(simulate(0)).rejects.toMatchObject({
    ...{ code: 'RateLimitExceeded', message: expect.stringMatching(/20 simulations wait.*again when/) },
  });
  const order = (await Promise.all(asked)).map((answer) => (answer as unknown as { asked: number }).asked);
  expect(order).toEqual([...order].sort((one, other) => one - other));
  await expect(simulate(0)).resolves.toBeDefined();
});
