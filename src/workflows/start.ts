import { workflowInfo } from '@temporalio/workflow';
import { fieldsOf, isCount } from './answer';
import { isAdmitted } from './plan-form';
import type { AdmittedEntry, EventDeliveryStart, JourneyStart, Position, ScheduleStart } from './messages';

/*
 * Reads the arguments of workflows, which anybody with access to Temporal can start by hand. Each reader returns the
 * argument, or says why it cannot be used; then the workflow fails with `invalid_start`.
 */

const MAX_ID = 2_147_483_647;

const INTERNAL =
  'The argument’s fields entry and resume are internal: only Wayhook sets them. Pass journeyId, and email or userId.';

/** Of a bare client's argument, only the journey is looked at here: the rest is for `admit`. */
export function readJourneyStart(argument: unknown): JourneyStart | { refused: string } {
  const { journeyId, entry, resume } = fieldsOf(argument);
  if (!isCount(journeyId) || journeyId > MAX_ID) {
    return {
      refused: 'The argument is not an object with a whole number as journeyId, and email or userId.',
    };
  }
  const start = argument as JourneyStart;
  if (isAbsent(entry) && isAbsent(resume)) return { ...start, entry: undefined, resume: undefined };
  return isAdmitted(entry) && mayBelongHere(entry) && isResume(resume, entry) ? start : { refused: INTERNAL };
}

/**
 * Whether the entry may be this workflow's: the dispatcher makes its id the workflow's, and continue-as-new passes it on
 * to a run of the same chain. The last word is the database's, whenever an activity claims the entry.
 */
function mayBelongHere({ id }: AdmittedEntry): boolean {
  const { workflowId, continuedFromExecutionRunId } = workflowInfo();
  return id === workflowId || continuedFromExecutionRunId !== undefined;
}

/** A place between two tiles of the plan; only continue-as-new sets one. */
function isResume(resume: unknown, { plan }: AdmittedEntry): resume is Position | undefined {
  if (resume === undefined) return true;
  const { tileId, visits } = fieldsOf(resume);
  if (workflowInfo().continuedFromExecutionRunId === undefined) return false;
  if (typeof tileId !== 'string' || !Object.hasOwn(plan.tiles, tileId) || !Array.isArray(visits))
    return false;
  return visits.every(
    (pair) => Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string' && isCount(pair[1]),
  );
}

/** The dispatcher makes the delivery's id the workflow's. */
export function readEventStart(argument: unknown): EventDeliveryStart | { refused: string } {
  const { deliveryId, maxRequests } = fieldsOf(argument);
  if (deliveryId === workflowInfo().workflowId && isCount(maxRequests)) return { deliveryId, maxRequests };
  return { refused: 'Only Wayhook starts workflows of this type, for the event webhooks of its API.' };
}

export function readScheduleStart(argument: unknown): ScheduleStart | { refused: string } {
  const { journeyId, version } = fieldsOf(argument);
  if (isId(journeyId) && isId(version)) return { journeyId, version };
  return { refused: 'Only the schedules of published journeys start workflows of this type.' };
}

function isId(value: unknown): value is number {
  return isCount(value) && value > 0 && value <= MAX_ID;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
