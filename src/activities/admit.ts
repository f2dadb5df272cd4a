import { createHash } from 'node:crypto';
import { stampOf } from '../db/connection/ids';
import type { Database } from '../db/connection/client';
import { enqueuing, type EnqueueDeps } from '../db/enqueue';
import { insertStartedEntry } from '../db/entries/entries';
import { insertStartedEntryWithLimits } from '../db/entries/started';
import { findVersion } from '../db/journeys/versions';
import type { Plan } from '../domain/journeys/plan';
import { jsonTrapIn, textOfTrap } from '../domain/json';
import { isJsonObject } from '../domain/lossless-json';
import { isEmail } from '../domain/users/email';
import { type Identity, isUserId } from '../domain/users/profile';
import { activityTime } from './failures';

/** The largest value of an id column of a journey or a version. */
const MAX_INT4 = 2_147_483_647;

/** The argument of a bare Temporal client, whose fields may be anything, and the workflow it started. */
export interface AdmitInput {
  journeyId: unknown;
  email?: unknown;
  userId?: unknown;
  dataFields?: unknown;
  version?: unknown;
  workflowId: string;
  firstRunId: string;
  /** When the workflow was started, in ms since the epoch. */
  startedAt: number;
}

export type AdmitAnswer =
  | { entry: { id: string; plan: Plan; maxRequests: number }; version: number }
  /** Why the argument cannot be used. It quotes nothing of the argument: history stores it. */
  | { refused: string };

export interface AdmitDeps extends EnqueueDeps {
  maxRequests: number;
}

const NOT_FOUND =
  'The argument’s journeyId is not a published journey, or its version does not exist in that journey.';

const KEPT_OUT = 'An entry limit or the condition of the journey keeps the user out:';

/** Inserts the row of an entry that a bare client started. */
export async function admit(
  { db, maxRequests, enqueue }: AdmitDeps,
  input: AdmitInput,
): Promise<AdmitAnswer> {
  const identity = identityOf(input);
  if (typeof identity === 'string') return { refused: identity };
  const fault = faultOfData(input.dataFields);
  if (fault !== undefined) return { refused: fault };
  const triggerData = (input.dataFields ?? {}) as Record<string, unknown>;
  const found = await findWanted(db, input);
  if (!found) return { refused: NOT_FOUND };
  const { workflowId, firstRunId } = input;
  const entryId = entryIdOf(input);
  const started = { ...found, entryId, workflowId, firstRunId, identity, triggerData, at: activityTime() };
  const deps = { db, enqueue };
  const inserted = await enqueuing(deps, (tx) => insertStartedEntry(tx, started));
  const admitted = inserted || (await insertStartedEntryWithLimits(deps, started));
  if (admitted === undefined) return { refused: NOT_FOUND };
  if (admitted !== true) return { refused: `${KEPT_OUT} ${admitted.refused}.` };
  return { entry: { id: entryId, plan: found.plan, maxRequests }, version: found.version };
}

async function findWanted(db: Database, { journeyId, version: wanted }: AdmitInput) {
  if (!isId(journeyId) || !(isAbsent(wanted) || isId(wanted))) return undefined;
  const found = await findVersion(db, journeyId, wanted ?? undefined);
  return found && { journeyId, ...found };
}

/** Derived from the workflow, so that a retry uses the same id; sorted by time like all others. */
function entryIdOf({ workflowId, firstRunId, startedAt }: AdmitInput): string {
  const digest = createHash('sha256').update(`${workflowId}/${firstRunId}`).digest('hex');
  return `${stampOf('ent', startedAt)}${digest.slice(0, 18)}`;
}

function identityOf({ email, userId }: AdmitInput): Identity | string {
  if (!isAbsent(email) && email !== '') {
    return typeof email === 'string' && isEmail(email)
      ? { email }
      : 'The argument’s email is not an email address.';
  }
  if (!isAbsent(userId) && userId !== '') {
    return typeof userId === 'string' && isUserId(userId)
      ? { userId }
      : 'The argument’s userId is not a text of 1 to 52 printable ASCII characters.';
  }
  return 'The argument needs an email or a userId.';
}

/** What is wrong with the trigger data. */
function faultOfData(dataFields: unknown): string | undefined {
  if (isAbsent(dataFields)) return undefined;
  if (!isJsonObject(dataFields)) return 'The argument’s dataFields are not an object.';
  const trap = jsonTrapIn(dataFields);
  return trap && textOfTrap(trap, 'The argument’s field dataFields');
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= MAX_INT4;
}
