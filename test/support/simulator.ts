import { join } from 'node:path';
import { MIGRATIONS } from '../../src/runtime/store';
import { createSimulator, type Simulator } from '../../src/simulation/simulator';

/** Simulations in a thread that runs from its source. */
export function createTestSimulator(): Simulator {
  return createSimulator({
    migrations: MIGRATIONS,
    workflowBundle: process.env.WAYHOOK_TEST_BUNDLE!,
    maxRequests: 4,
    longestMs: 600_000,
    thread: join(__dirname, 'simulation-thread.cjs'),
  });
}
