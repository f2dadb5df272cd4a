import { ApiError } from '../domain/errors';
import { sizeText } from '../domain/size-text';
import type { Clock } from './clock';

/* What one simulation may take. The answers say what to change. */

/** In real time, in ms. */
export const LONGEST_MS = 20_000;
/** The most requests, which the answer lists. */
const MOST_REQUESTS = 10_000;
/** Of all that is sent: it is kept until the answer is written. */
const MOST_SENT_BYTES = 32 * 1_024 * 1_024;
/** Outside of the heap: the embedded database, which takes some 200 MB when it is empty, and what it stores. */
const MOST_MEMORY_BYTES = 768 * 1_024 * 1_024;
/** Of the thread's heap, beyond which it ends. */
export const MOST_HEAP_MB = 512;

/** Counts what a simulation takes. */
export class Limits {
  #requests = 0;
  #sentBytes = 0;
  readonly #startedAt = performance.now();

  constructor(
    private readonly clock: Clock,
    private readonly longestMs = LONGEST_MS,
  ) {}

  /** Throws when it has taken too long, or too much memory. */
  check(): void {
    const until = new Date(this.clock.now).toISOString();
    if (performance.now() - this.#startedAt > this.longestMs) throw tooLong(` It came to ${until}.`);
    if (process.memoryUsage().external > MOST_MEMORY_BYTES) throw tooLarge(` It came to ${until}.`);
  }

  /** Ends the simulation when it sends too much. */
  countRequest({ path, body }: { path: string; body?: unknown }): void {
    this.#requests += 1;
    this.#sentBytes += path.length + (typeof body === 'string' || Buffer.isBuffer(body) ? body.length : 0);
    const most =
      this.#requests > MOST_REQUESTS
        ? `${MOST_REQUESTS} requests`
        : this.#sentBytes > MOST_SENT_BYTES
          ? sizeText(MOST_SENT_BYTES)
          : undefined;
    if (most !== undefined) this.clock.fail(refusal(`The simulation sends more than ${most}.`));
  }
}

export function tooLong(where = ''): ApiError {
  return refusal(`The simulation did not end within ${LONGEST_MS / 1_000} seconds.${where}`);
}

export function tooLarge(where = ''): ApiError {
  return refusal(`The simulation takes too much memory.${where}`);
}

function refusal(what: string): ApiError {
  return new ApiError('SimulationTooLong', `${what} Send fewer users, or an earlier until.`);
}
