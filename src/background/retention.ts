import type { Database } from '../db/connection/client';
import { deleteExpiredKeys } from '../db/idempotency';
import { removeLeftImports } from '../db/imports/files';
import { deleteUnusedTestVersions } from '../db/journeys/test-versions';
import {
  deleteOldAuditRows,
  deleteOldEntries,
  deleteOldEntryRefusals,
  deleteOldInboxRequests,
  deleteOldJobs,
  deleteOldRefusals,
  deleteOldPublishedEvents,
} from '../db/retention';
import { deleteExpiredInvitations } from '../db/people/invitations';
import { deleteEndedSessions } from '../db/people/sessions';
import { deleteOldTries } from '../db/people/sign-in-tries';
import { deleteExpiredSigningSecrets } from '../db/secrets/signing-secrets';
import { type Log, tryTo } from './log';
import { repeat, type Repeating } from './repeat';

const EVERY_MS = 600_000;

/** Rows per statement: few, so that it holds the embedded database's one connection only briefly. */
const BATCH = 200;

export interface RetentionDeps {
  db: Database;
  log: Log;
  retentionDays: number;
  /** Undefined: the audit log is never deleted. */
  auditDays?: number | undefined;
}

/** Deletes what has expired. */
export function startRetention(deps: RetentionDeps): Repeating {
  const what = 'delete expired data';
  return repeat({ everyMs: EVERY_MS, log: deps.log, what }, (stopping) => applyRetention(deps, stopping));
}

/** One round. A kind of data that cannot be deleted does not keep the others from being deleted. */
export async function applyRetention(
  { db, log, retentionDays, auditDays }: RetentionDeps,
  signal?: AbortSignal,
): Promise<void> {
  const byAge =
    (batch: typeof deleteOldEntries, days = retentionDays) =>
    async () => {
      while (!signal?.aborted && (await batch(db, days, BATCH)) === BATCH);
    };
  const testVersions = async () => {
    while (!signal?.aborted && (await deleteUnusedTestVersions(db, BATCH)) === BATCH);
  };
  const tasks: Record<string, () => Promise<void>> = {
    'expired idempotency keys': () => deleteExpiredKeys(db),
    'expired signing secrets': () => deleteExpiredSigningSecrets(db),
    'ended sessions': () => deleteEndedSessions(db),
    'expired one-time links': () => deleteExpiredInvitations(db),
    'old wrong passwords': () => deleteOldTries(db),
    'old entries': byAge(deleteOldEntries),
    'old refusals of journeys': byAge(deleteOldEntryRefusals),
    'drafts of old test runs': testVersions,
    'old events of event webhooks': byAge(deleteOldPublishedEvents),
    'old refusals of jobs': byAge(deleteOldRefusals),
    'old jobs': byAge(deleteOldJobs),
    'orphaned import files': () => removeLeftImports(db),
    'old inbox requests': byAge(deleteOldInboxRequests),
    ...(auditDays !== undefined && { 'old rows of the audit log': byAge(deleteOldAuditRows, auditDays) }),
  };
  for (const [what, task] of Object.entries(tasks)) {
    await tryTo({ log, what: `delete ${what}` }, task);
  }
}
