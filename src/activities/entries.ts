import { createHash } from 'node:crypto';
import { log } from '@temporalio/activity';
import type { Database } from '../db/connection/client';
import { claimEntry, insertStartedEntry, type Owner } from '../db/entries/entries';
import { enqueuing } from '../db/enqueue';
import { closeEntry } from '../db/entries/close';
import type { OutboxItem } from '../db/outbox';
import type { HandOff } from '../db/entries/hand-offs';
import { handOffUser } from '../usecases/journeys/hand-off';
import { findVersion } from '../db/journeys/versions';
import type { EntryEnd, Skip } from '../domain/entry';
import type { Plan } from '../domain/journeys/plan';
import { type Identity, isEmail, isUserId } from '../domain/users/profile';
import type { HandOffAnswer } from './contract';
import { activityTime, retriedByTemporal } from './failures';

/** The largest value of an id column of a journey or a version. */
const MAX_INT4 = 2_147_483_647;

/** The argument of a bare Temporal client, and the workflow it started. */
export interface AdmitInput {
  journeyId: number;
  email?: string | null;
  userId?: string | null;
  dataFields?: Record<string, unknown> | null;
  version?: number | null;
  workflowId: string;
  firstRunId: string;
}

export type AdmitAnswer =
  | { entry: { id: string; plan: Plan; maxRequests: number }; version: number }
  /** Why the argument cannot be used. */
  | { refused: string };

export interface EntryDeps {
  db: Database;
  maxRequests: number;
  /** Passes an outbox item to the dispatcher. Never throws: the item is in the outbox anyway. */
  enqueue: (item: OutboxItem) => void;
}

/** Bookkeeping of entries, for tiles without a delivery that could do it in passing. All of it is idempotent. */
export function createEntries({ db, maxRequests, enqueue }: EntryDeps) {
  return {
    /** Inserts the row of an entry that a bare client started, and returns the plan to the workflow. */
    admit: (input: AdmitInput): Promise<AdmitAnswer> =>
      retriedByTemporal(() => admit({ db, maxRequests, enqueue }, input)),

    /** Records that an entry has reached a tile that waits. False when the entry is closed or belongs to another run. */
    arrive: ({ tileId, ...owner }: Owner & { tileId: string }): Promise<boolean> =>
      retriedByTemporal(() => claimEntry(db, owner, tileId, activityTime())),

    /** Closes an entry where no delivery closes it. */
    close: ({ end, ...owner }: Owner & { end: EntryEnd }): Promise<void> =>
      retriedByTemporal(() => enqueuing({ db, enqueue }, (tx) => closeEntry(tx, owner, end, activityTime()))),

    /** Enters the user of an entry into another journey. */
    send: (input: HandOff): Promise<HandOffAnswer> => retriedByTemporal(() => send({ db, enqueue }, input)),
  };
}

const NOT_FOUND =
  'The argument’s journeyId is not a published journey, or its version does not exist in that journey.';

async function admit({ db, maxRequests, enqueue }: EntryDeps, input: AdmitInput): Promise<AdmitAnswer> {
  const identity = identityOf(input);
  if (typeof identity === 'string') return { refused: identity };
  const { journeyId, workflowId, firstRunId } = input;
  const wanted = input.version ?? undefined;
  const found =
    isId(journeyId) && (wanted === undefined || isId(wanted)) && (await findVersion(db, journeyId, wanted));
  if (!found) return { refused: NOT_FOUND };
  const { version, plan } = found;
  const entryId = entryIdOf(workflowId, firstRunId);
  const triggerData = isFields(input.dataFields) ? input.dataFields : {};
  const at = activityTime();
  const started = { entryId, workflowId, firstRunId, journeyId, version, identity, triggerData, at };
  const inserted = await enqueuing({ db, enqueue }, (tx) => insertStartedEntry(tx, started));
  if (!inserted) return { refused: NOT_FOUND };
  return { entry: { id: entryId, plan, maxRequests }, version };
}

async function send(
  { db, enqueue }: Pick<EntryDeps, 'db' | 'enqueue'>,
  input: HandOff,
): Promise<HandOffAnswer> {
  const outcome = await handOffUser({ db, enqueue }, input, activityTime());
  if (outcome.kind === 'walked' && isForOperators(outcome.skipped)) {
    const { entryId, tileId, journeyId } = input;
    log.warn('a user was not sent to another journey', {
      ...{ entryId, tileId, journeyId, reason: outcome.skipped },
    });
  }
  return outcome;
}

/** Reasons that lie with the journeys, not with the user. */
function isForOperators(skipped: Skip | null): boolean {
  return skipped === 'notPublished' || skipped === 'chainLimit';
}

/** Derived from the workflow, so that a retry uses the same id. */
function entryIdOf(workflowId: string, firstRunId: string): string {
  return `ent_${createHash('sha256').update(`${workflowId}/${firstRunId}`).digest('hex').slice(0, 27)}`;
}

function identityOf({ email, userId }: AdmitInput): Identity | string {
  if (typeof email === 'string' && email !== '') {
    return isEmail(email) ? { email } : 'The argument’s email is not an email address.';
  }
  if (typeof userId === 'string' && userId !== '') {
    return isUserId(userId)
      ? { userId }
      : 'The argument’s userId is longer than 52 characters or contains characters other than printable ASCII.';
  }
  return 'The argument needs an email or a userId.';
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= MAX_INT4;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
