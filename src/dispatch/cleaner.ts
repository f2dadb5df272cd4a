import type { Database } from '../db/client';
import { forgetExpiredKeys } from '../db/idempotency';
import { innermost, type Log } from './log';
import { repeat } from './repeat';

const EVERY_MS = 600_000;

/** Removes what nobody may ask for any more. */
export function startCleaner({ db, log }: { db: Database; log: Log }): { stop: () => Promise<void> } {
  return repeat(EVERY_MS, async () => {
    try {
      await forgetExpiredKeys(db);
    } catch (error) {
      log.warn({ error: innermost(error) }, 'old idempotency keys could not be removed; it is tried again');
    }
  });
}
