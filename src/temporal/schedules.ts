import {
  type Client,
  type ConnectionLike,
  ScheduleAlreadyRunning,
  ScheduleClient,
  type ScheduleHandle,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  type ScheduleSpec,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import { CATCH_UP_MS, type Times } from '../domain/journeys/schedule';
import { JOURNEY_ID, VERSION } from './attributes';
import { SCHEDULE_WORKFLOW_TYPE, type ScheduleStart } from '../workflows/messages';
import type { schedule } from '../workflows';

/** A journey's schedule, of its published version. */
export interface JourneySchedule {
  journeyId: number;
  version: number;
  times: Times;
  /** Since when it is to run, in ms since the epoch: its times from then on are caught up with. */
  since: number;
}

export interface SchedulesOptions {
  taskQueue: string;
  /** Makes a call that does not take long. */
  withDeadline: <T>(call: () => Promise<T>) => Promise<T>;
}

/** The schedules that Temporal keeps for journeys, one a journey. Calls throw what the client throws. */
export function createSchedules(client: Client, { taskQueue, withDeadline }: SchedulesOptions) {
  const prefix = `${taskQueue}-journey-`;
  const handleOf = (journeyId: number) => client.schedule.getHandle(prefix + journeyId);

  /** Changes it, unless somebody else does at the same time. That Temporal then refused may come without an error. */
  async function update(journeyId: number, change: Parameters<ScheduleHandle['update']>[0]): Promise<void> {
    const connection = unlessChanged(client.connection);
    const { namespace } = client.options;
    const handle = new ScheduleClient({ connection, namespace }).getHandle(prefix + journeyId);
    await withDeadline(() => handle.update(change));
  }

  /** Makes it, or changes it but for what an operator did: it may be paused. */
  async function createOrUpdate(journeyId: number, options: Omit<ScheduleUpdateOptions, 'state'>) {
    try {
      const action = options.action as ScheduleOptions['action'];
      await withDeadline(() =>
        client.schedule.create({ ...options, action, scheduleId: prefix + journeyId }),
      );
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await update(journeyId, ({ state }) => ({ ...options, state }));
    }
  }

  /** Whether an operator has paused it. Throws if it is of another version: an update was refused. */
  async function isPaused({ journeyId, version }: JourneySchedule): Promise<boolean> {
    const { action, state } = await withDeadline(() => handleOf(journeyId).describe());
    const [start] = (action.args ?? []) as Partial<ScheduleStart>[];
    if (start?.version !== version) throw new Error('Somebody else changed the schedule at the same time.');
    return state.paused;
  }

  /** Begins the times that have passed since it was to run. */
  async function catchUp({ journeyId, since }: JourneySchedule): Promise<void> {
    const now = Date.now();
    await withDeadline(() =>
      handleOf(journeyId).backfill({
        start: new Date(Math.max(since, now - CATCH_UP_MS)),
        end: new Date(now),
        overlap: ScheduleOverlapPolicy.ALLOW_ALL,
      }),
    );
  }

  /** Its last step: from then on it counts as set to this version. */
  async function mark({ journeyId, version }: JourneySchedule): Promise<void> {
    const typedSearchAttributes = [
      { key: JOURNEY_ID, value: journeyId },
      { key: VERSION, value: version },
    ];
    await update(journeyId, ({ spec, action, policies, state }) => ({
      ...{ spec, action, policies, state },
      typedSearchAttributes,
    }));
  }

  return {
    /** The journeys that have a schedule, each with the version it is set to; null when it was not set to the end. */
    async list(): Promise<Map<number, number | null>> {
      const found = new Map<number, number | null>();
      const listed = client.schedule.list({ pageSize: 500 })[Symbol.asyncIterator]();
      for (;;) {
        // Any step may ask for the next page.
        const next = await withDeadline(() => listed.next());
        if (next.done) return found;
        const { scheduleId, typedSearchAttributes } = next.value;
        const journeyId = scheduleId.startsWith(prefix) ? Number(scheduleId.slice(prefix.length)) : NaN;
        if (Number.isInteger(journeyId)) found.set(journeyId, typedSearchAttributes?.get(VERSION) ?? null);
      }
    },

    /** Makes or changes a journey's schedule. Whatever it dies in the middle of, the next call does it all. */
    async set(wanted: JourneySchedule): Promise<void> {
      const { journeyId, version, times } = wanted;
      const start: ScheduleStart = { journeyId, version };
      const workflowId = prefix + journeyId;
      await createOrUpdate(journeyId, {
        spec: specOf(times),
        action: {
          ...{ type: 'startWorkflow', workflowType: SCHEDULE_WORKFLOW_TYPE, taskQueue, workflowId },
          args: [start] satisfies Parameters<typeof schedule>,
          workflowExecutionTimeout: CATCH_UP_MS,
        },
        policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS },
      });
      if (!(await isPaused(wanted))) await catchUp(wanted);
      await mark(wanted);
    },

    /** Removes a journey's schedule, if it has one. */
    async remove(journeyId: number): Promise<void> {
      try {
        await withDeadline(() => handleOf(journeyId).delete());
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      }
    },
  };
}

export type Schedules = ReturnType<typeof createSchedules>;

/**
 * A connection for one update of a schedule, which Temporal refuses if the schedule has changed since it was read for
 * that. The SDK writes back all that it has read: a pause made in between would be lost.
 */
function unlessChanged(connection: ConnectionLike): ConnectionLike {
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

/** A moment as the cron expression that has seconds and a year too: it comes once. */
function specOf(times: Times): ScheduleSpec {
  if ('cron' in times) return { cronExpressions: [times.cron], timezone: times.timeZone };
  const at = new Date(times.moment);
  const time = [at.getUTCSeconds(), at.getUTCMinutes(), at.getUTCHours()];
  const date = [at.getUTCDate(), at.getUTCMonth() + 1, '*', at.getUTCFullYear()];
  return { cronExpressions: [[...time, ...date].join(' ')], timezone: 'UTC' };
}
