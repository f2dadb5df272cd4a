import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ApiError, type ErrorCode } from '../domain/errors';
import { readJson, writeJson } from '../domain/lossless-json';
import type { SimulatedWorld, SimulationResult } from './contract';

/** What the thread is started with. */
export interface ThreadSettings {
  migrations: string;
  /** The file with the bundled workflow code. */
  workflowBundle: string;
  /** See `AdmittedEntry.maxRequests`. */
  maxRequests: number;
}

export type ThreadAnswer =
  { result: string } | { refused: { code: ErrorCode; message: string } } | { failed: string };

export interface Simulator {
  /** Throws an ApiError where it takes too long, or too many wait. */
  simulate: (world: SimulatedWorld) => Promise<SimulationResult>;
  close: () => Promise<void>;
}

interface SimulatorOptions extends ThreadSettings {
  /** The file that the thread runs. */
  thread?: string;
}

/** How long one simulation may take. */
const LONGEST_MS = 20_000;
/** Starting the thread comes before: it makes a database. */
const LONGEST_START_MS = 30_000;
/** The thread takes some 300 MB, and seconds to start: it stays for a while. */
const IDLE_MS = 60_000;
const MOST_WAITING = 20;
const MOST_HEAP_MB = 1_024;

/**
 * Simulates in a thread of its own, one simulation at a time: whatever it does, no request waits for it, and one that
 * does not end is ended. The thread starts at the first simulation.
 */
export function createSimulator({
  thread = join(__dirname, 'thread.js'),
  ...settings
}: SimulatorOptions): Simulator {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  function started(): Worker {
    clearTimeout(idle);
    worker ??= new Worker(thread, {
      workerData: settings,
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    });
    worker.ref();
    return worker;
  }

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const running = worker;
    worker = undefined;
    await running?.terminate();
  }

  async function run(world: SimulatedWorld): Promise<SimulationResult> {
    const limitMs = LONGEST_MS + (worker ? 0 : LONGEST_START_MS);
    const answer = await answerOf(started(), writeJson(world), limitMs).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    worker?.unref();
    idle = setTimeout(() => void stop(), IDLE_MS).unref();
    if ('result' in answer) return readJson(answer.result) as SimulationResult;
    if ('refused' in answer) throw new ApiError(answer.refused.code, answer.refused.message);
    throw new Error(`A simulation failed: ${answer.failed}`);
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
    close: stop,
  };
}

/** Throws when the thread ends, or does not answer in time. */
function answerOf(worker: Worker, world: string, limitMs: number): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    const over = (act: () => void) => () => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (answer: ThreadAnswer) => over(() => resolve(answer))();
    const onError = (error: Error) => over(() => reject(error))();
    const onExit = over(() => reject(new Error('The thread of simulations ended.')));
    const timer = setTimeout(
      over(() => reject(tooLong())),
      limitMs,
    );
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(world);
  });
}

function tooLong(): ApiError {
  return new ApiError(
    'SimulationTooLong',
    `The simulation did not end within ${LONGEST_MS / 1_000} seconds. Send fewer users, or an earlier until.`,
  );
}

function tooMany(): ApiError {
  return new ApiError('RateLimitExceeded', 'Too many simulations wait already. Send it again shortly.');
}
