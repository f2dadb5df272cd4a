import {
  type ConnectionLike,
  ScheduleAlreadyRunning,
  type ScheduleHandle,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  type ScheduleSpec,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import { CATCH_UP_MS, type Times } from '../domain/journeys/timing/schedule';
import { JOURNEY_ID, VERSION } from './attributes';
import type { Calls } from './calls';
import { createClient } from './connect';
import { SCHEDULE_WORKFLOW_TYPE, type ScheduleStart } from '../workflows/messages';
import type { schedule } from '../workflows';

/** The schedule of a journey's published version. */
export interface JourneySchedule {
  journeyId: number;
  version: number;
  times: Times;
  /** In ms since the epoch: times that have passed since then are caught up on. */
  since: number;
}

export type Schedules = ReturnType<typeof createSchedules>;

/** The journeys' schedules in Temporal, one per journey. Calls throw what the client throws. */
export function createSchedules(calls: Calls, taskQueue: string) {
  const { client, withDeadline } = calls;
  const prefix = `${taskQueue}-journey-`;

  return {
    /** The journeys that have a schedule, each with the version it is set to; null when setting it did not finish. */
    async list(): Promise<Map<number, number | null>> {
      const found = new Map<number, number | null>();
      const listed = client.schedule.list({ pageSize: 500 })[Symbol.asyncIterator]();
      for (;;) {
        // Any step may fetch the next page.
        const next = await withDeadline(() => listed.next());
        if (next.done) return found;
        const { scheduleId, typedSearchAttributes } = next.value;
        const journeyId = scheduleId.startsWith(prefix) ? Number(scheduleId.slice(prefix.length)) : NaN;
        if (Number.isInteger(journeyId)) found.set(journeyId, typedSearchAttributes?.get(VERSION) ?? null);
      }
    },

    /** Creates or updates a journey's schedule. If it dies halfway, the next call does all of it again. */
    async set(wanted: JourneySchedule): Promise<void> {
      const { journeyId, version, times } = wanted;
      const start: ScheduleStart = { journeyId, version };
      const scheduleId = prefix + journeyId;
      await createOrUpdate(calls, scheduleId, {
        spec: specOf(times),
        action: {
          ...{
            type: 'startWorkflow',
            workflowType: SCHEDULE_WORKFLOW_TYPE,
            taskQueue,
            workflowId: scheduleId,
          },
          args: [start] satisfies Parameters<typeof schedule>,
          workflowExecutionTimeout: CATCH_UP_MS,
        },
        policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS },
      });
      if (!(await isPaused(calls, scheduleId, version))) await catchUp(calls, scheduleId, wanted.since);
      await markAsSet(calls, scheduleId, wanted);
    },

    /** Deletes a journey's schedule, if it has one. */
    async remove(journeyId: number): Promise<void> {
      try {
        await withDeadline(() => client.schedule.getHandle(prefix + journeyId).delete());
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      }
    },
  };
}

/** Creates it, or updates it without touching its state: an operator may have paused it. */
async function createOrUpdate(
  calls: Calls,
  scheduleId: string,
  options: Omit<ScheduleUpdateOptions, 'state'>,
): Promise<void> {
  try {
    const action = options.action as ScheduleOptions['action'];
    await calls.withDeadline(() => calls.client.schedule.create({ ...options, action, scheduleId }));
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await update(calls, scheduleId, ({ state }) => ({ ...options, state }));
  }
}

/** Updates it, unless it is changed concurrently. Temporal may refuse such an update without an error. */
async function update(
  { client, withDeadline }: Calls,
  scheduleId: string,
  change: Parameters<ScheduleHandle['update']>[0],
): Promise<void> {
  const connection = withConflictToken(client.connection);
  const { namespace } = client.options;
  const handle = createClient({ connection, namespace }).schedule.getHandle(scheduleId);
  await withDeadline(() => handle.update(change));
}

/** Whether an operator has paused it. Throws when it has another version: the update was refused. */
async function isPaused(
  { client, withDeadline }: Calls,
  scheduleId: string,
  version: number,
): Promise<boolean> {
  const { action, state } = await withDeadline(() => client.schedule.getHandle(scheduleId).describe());
  const [start] = (action.args ?? []) as Partial<ScheduleStart>[];
  if (start?.version !== version) throw new Error('The schedule was changed concurrently.');
  return state.paused;
}

/** Starts a workflow for each of its times from `since` until now. */
async function catchUp({ client, withDeadline }: Calls, scheduleId: string, since: number): Promise<void> {
  const now = Date.now();
  await withDeadline(() =>
    client.schedule.getHandle(scheduleId).backfill({
      start: new Date(Math.max(since, now - CATCH_UP_MS)),
      end: new Date(now),
      overlap: ScheduleOverlapPolicy.ALLOW_ALL,
    }),
  );
}

/** The last step: from then on `list` returns it with this version. */
async function markAsSet(
  calls: Calls,
  scheduleId: string,
  { journeyId, version }: JourneySchedule,
): Promise<void> {
  const typedSearchAttributes = [
    { key: JOURNEY_ID, value: journeyId },
    { key: VERSION, value: version },
  ];
  await update(calls, scheduleId, ({ spec, action, policies, state }) => ({
    ...{ spec, action, policies, state },
    typedSearchAttributes,
  }));
}

/**
 * A connection for one update of a schedule, which Temporal refuses if the schedule has changed since the update read
 * it. The SDK writes back everything it has read, so a pause made in between would be lost.
 */
function withConflictToken(connection: ConnectionLike): ConnectionLike {
  const service = connection.workflowService;
  let conflictToken: Uint8Array | undefined;
  const workflowService = Object.assign(Object.create(service) as typeof service, {
    async describeSchedule(request: Parameters<typeof service.describeSchedule>[0]) {
      const answer = await service.describeSchedule(request);
      ({ conflictToken } = answer);
      return answer;
    },
    updateSchedule: (request: Parameters<typeof service.updateSchedule>[0]) =>
      service.updateSchedule({ ...request, conflictToken }),
  });
  return Object.assign(Object.create(connection) as ConnectionLike, { workflowService });
}

/** One moment as a cron expression with seconds and a year, so that it occurs once. */
function specOf(times: Times): ScheduleSpec {
  if ('cron' in times) return { cronExpressions: [times.cron], timezone: times.timeZone };
  const at = new Date(times.moment);
  const time = [at.getUTCSeconds(), at.getUTCMinutes(), at.getUTCHours()];
  const date = [at.getUTCDate(), at.getUTCMonth() + 1, '*', at.getUTCFullYear()];
  return { cronExpressions: [[...time, ...date].join(' ')], timezone: 'UTC' };
}
