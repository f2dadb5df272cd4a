import { ApiError } from '../domain/errors';
import { readJson, writeJson } from '../domain/lossless-json';
import type { SimulatedWorld, SimulationResult } from './contract';
import { createThread, type ThreadOptions } from './thread-handle';

export interface Simulator {
  /** Throws an ApiError where it takes too much, or too many wait. */
  simulate: (world: SimulatedWorld) => Promise<SimulationResult>;
  close: () => Promise<void>;
}

/** The thread takes some 600 MB, and a second or more to start: it stays for a while. */
const IDLE_MS = 60_000;
/** With the one that runs. */
const MOST_WAITING = 20;

/**
 * Simulates in a thread of its own, one simulation at a time: whatever it does, no request waits for it, and one that
 * does not end is ended. The thread starts at the first simulation.
 */
export function createSimulator(options: ThreadOptions): Simulator {
  const thread = createThread(options);
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function run(world: SimulatedWorld): Promise<SimulationResult> {
    clearTimeout(idle);
    try {
      return readJson(await thread.ask(writeJson(world))) as SimulationResult;
    } catch (error) {
      // Something of the simulation may still be under way in it.
      await thread.stop();
      throw error;
    } finally {
      idle = setTimeout(() => void thread.stop(), IDLE_MS).unref();
    }
  }

  return {
    async simulate(world) {
      if (waiting >= MOST_WAITING) throw tooMany();
      waiting += 1;
      const turn = last.catch(() => undefined).then(() => run(world));
      last = turn;
      try {
        return await turn;
      } finally {
        waiting -= 1;
      }
    },
    async close() {
      clearTimeout(idle);
      await thread.stop();
    },
  };
}

function tooMany(): ApiError {
  return new ApiError(
    'RateLimitExceeded',
    `${MOST_WAITING} simulations wait already, and one runs at a time. Send it again when one has been answered.`,
  );
}
