import type { Database } from '../db/connection/client';
import { raiseNotification } from '../db/notifications/notifications';
import { readValue, writeValue } from '../db/key-value';
import { ApiError } from '../domain/errors';
import { innermost, type Log } from './log';
import { probeRateLimits, type ProbeOptions, type Verdict } from '../temporal/rate-limit-probe';

/** How long all processes rely on a probe that found rate limits enforced. */
const GOOD_FOR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const ENFORCED = 'rate-limits-enforced';
/** When the last notification was raised; the name is stored. */
const NOTIFIED = 'rate-limits-told';

export interface RateLimitsOptions extends ProbeOptions {
  db: Database;
  log: Log;
}

/** Whether the connected Temporal server enforces rate limits. */
export type RateLimits = ReturnType<typeof createRateLimits>;

export function createRateLimits({ db, log, ...probed }: RateLimitsOptions) {
  async function store(verdict: Verdict): Promise<Verdict> {
    await writeValue(db, ENFORCED, String(verdict.enforced ? Date.now() : 0));
    return verdict;
  }

  async function notify(reason: string): Promise<void> {
    const at = Date.now();
    if (at - (await timeOf(db, NOTIFIED)) < DAY_MS) return;
    await raiseNotification(db, { ...ABOUT_THE_SERVER, detail: reason, at });
    await writeValue(db, NOTIFIED, String(at));
  }

  return {
    /** Whether rate limits are enforced. Runs the probe, unless a recent one found that they are. Throws `Unavailable`. */
    async verdict(): Promise<Verdict> {
      if (Date.now() - (await timeOf(db, ENFORCED)) < GOOD_FOR_MS) return { enforced: true };
      const verdict = await probeRateLimits(probed).catch((cause: unknown) => {
        const message =
          'Temporal does not answer, so whether it enforces rate limits is not known. Send the request again shortly.';
        throw new ApiError('Unavailable', message, null, { cause });
      });
      return store(verdict);
    },

    /** Runs the probe. Limits that are not enforced show in the log and, once a day, as a notification. */
    async check(stopping: AbortSignal): Promise<void> {
      try {
        const verdict = await store(await probeRateLimits(probed));
        if (verdict.enforced) return;
        log.warn({ reason: verdict.reason }, 'rate limits of tiles are not enforced');
        await notify(verdict.reason);
      } catch (error) {
        if (stopping.aborted) return;
        log.warn({ error: innermost(error) }, 'could not check whether rate limits of tiles are enforced');
      }
    },
  };
}

/** The time stored under a name; 0 when there is none. */
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
