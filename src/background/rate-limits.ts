import type { Database } from '../db/connection/client';
import { raiseNotification } from '../db/notifications/notifications';
import { readValue, writeValue } from '../db/key-value';
import { ApiError } from '../domain/errors';
import { innermost, type Log } from './log';
import { probeRateLimits, type ProbeOptions, type Verdict } from '../temporal/rate-limit-probe';

/** How long every process relies on a probe that found rate limits enforced. */
const GOOD_FOR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const ENFORCED = 'rate-limits-enforced';
const TOLD = 'rate-limits-told';

export interface RateLimitsOptions extends ProbeOptions {
  db: Database;
  log: Log;
}

/** What is known of how the connected Temporal server keeps rate limits. */
export type RateLimits = ReturnType<typeof createRateLimits>;

export function createRateLimits({ db, log, ...probed }: RateLimitsOptions) {
  async function keep(verdict: Verdict): Promise<Verdict> {
    await writeValue(db, ENFORCED, String(verdict.enforced ? Date.now() : 0));
    return verdict;
  }

  async function tell(reason: string): Promise<void> {
    const at = Date.now();
    if (at - (await timeOf(db, TOLD)) < DAY_MS) return;
    await raiseNotification(db, { ...ABOUT_THE_SERVER, detail: reason, at });
    await writeValue(db, TOLD, String(at));
  }

  return {
    /** Whether a rate limit would hold. Tries it, unless that was done lately. Throws `Unavailable`. */
    async verdict(): Promise<Verdict> {
      if (Date.now() - (await timeOf(db, ENFORCED)) < GOOD_FOR_MS) return { enforced: true };
      const verdict = await probeRateLimits(probed).catch((cause: unknown) => {
        const message =
          'Temporal does not answer whether it keeps rate limits. Send the request again shortly.';
        throw new ApiError('Unavailable', message, null, { cause });
      });
      return keep(verdict);
    },

    /** Tries it anew. Limits that would not hold are told in the log, and once a day as a notification. */
    async check(stopping: AbortSignal): Promise<void> {
      try {
        const verdict = await keep(await probeRateLimits(probed));
        if (verdict.enforced) return;
        log.warn({ reason: verdict.reason }, 'rate limits of tiles are not enforced');
        await tell(verdict.reason);
      } catch (error) {
        if (stopping.aborted) return;
        log.warn({ error: innermost(error) }, 'whether rate limits of tiles are enforced could not be tried');
      }
    },
  };
}

/** The time that was noted under a name; 0 when there is none. */
async function timeOf(db: Database, name: string): Promise<number> {
  return Number((await readValue(db, name)) ?? 0);
}

const ABOUT_THE_SERVER = {
  kind: 'rate_limit_unenforced',
  webhookId: null,
  journeyId: null,
  tileId: null,
  entryId: null,
  deliveryId: null,
} as const;
