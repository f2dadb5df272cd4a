import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gunzip, gzip } from 'node:zlib';
import { ApiError, type ErrorCode } from '../domain/errors';
import { LONGEST_MS, MOST_HEAP_MB, tooLarge, tooLong } from './limits';

/** What the thread is started with. */
export interface ThreadSettings {
  migrations: string;
  /** The file with the bundled workflow code. */
  workflowBundle: string;
  /** See `AdmittedEntry.maxRequests`. */
  maxRequests: number;
  /** How long one simulation may take in real time; longer on a machine that has too much to do. */
  longestMs?: number;
}

/** The archive of a migrated, empty database: to make one takes seconds of all cores. */
export type DatabaseImage = Uint8Array<ArrayBuffer>;

export type ThreadData = ThreadSettings & { image?: DatabaseImage };

export type ThreadAnswer =
  { result: string } | { refused: { code: ErrorCode; message: string } } | { failed: string };

/** What the thread posts: before its first answer also the image of a database that it had to make. */
export type ThreadMessage = ThreadAnswer | { image: DatabaseImage };

export interface ThreadOptions extends ThreadSettings {
  /** The file that the thread runs. */
  thread?: string;
}

export interface Thread {
  /** Starts the thread if it does not run. A simulation and its result are JSON. */
  ask: (world: string) => Promise<string>;
  stop: () => Promise<void>;
}

/** A simulation that takes too long ends itself; this one hangs. */
const GRACE_MS = 10_000;
/** Starting the thread comes before: it makes a database, with all cores that are free. */
const LONGEST_START_MS = 120_000;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** The thread of simulations. What it threw while nobody asked is thrown to who asks next. */
export function createThread({ thread = join(__dirname, 'thread.js'), ...settings }: ThreadOptions): Thread {
  let worker: Worker | undefined;
  /** 43 MB, compressed 6. */
  let image: Promise<Buffer> | undefined;

  async function started(): Promise<Worker> {
    const known = await image;
    const data: ThreadData = { ...settings, ...(known && { image: await decompress(known) }) };
    const resourceLimits = { maxOldGenerationSizeMb: MOST_HEAP_MB };
    return new Worker(thread, { workerData: data, resourceLimits });
  }

  return {
    async ask(world) {
      const limitMs = (settings.longestMs ?? LONGEST_MS) + GRACE_MS + (worker ? 0 : LONGEST_START_MS);
      worker ??= await started();
      worker.ref();
      const answer = await answerOf(worker, world, {
        limitMs,
        onImage: (made) => void (image = compress(made)),
      });
      worker.unref();
      if ('result' in answer) return answer.result;
      if ('refused' in answer) throw new ApiError(answer.refused.code, answer.refused.message);
      throw new Error(`A simulation failed: ${answer.failed}`);
    },
    async stop() {
      const running = worker;
      worker = undefined;
      await running?.terminate();
    },
  };
}

interface Asking {
  limitMs: number;
  onImage: (image: DatabaseImage) => void;
}

/** Throws when the thread ends, or does not answer in time. */
function answerOf(worker: Worker, world: string, { limitMs, onImage }: Asking): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    const over = (act: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (message: ThreadMessage) =>
      'image' in message ? onImage(message.image) : over(() => resolve(message));
    const onError = (error: NodeJS.ErrnoException) =>
      over(() => reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge() : error));
    const onExit = () => over(() => reject(new Error('The thread of simulations ended.')));
    const timer = setTimeout(() => over(() => reject(tooLong())), limitMs);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(world);
  });
}
