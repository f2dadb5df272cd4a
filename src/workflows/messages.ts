import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Reason } from '../domain/entry';
import type { Plan } from '../domain/journeys/plan';

/** Names that programs with nothing but a Temporal client rely on (api.md, Temporal). */
export const TASK_QUEUE = 'wayhook';
export const WORKFLOW_TYPE = 'journey';

/** Of the workflows that deliver events; Wayhook alone starts them. */
export const EVENT_DELIVERY_WORKFLOW_TYPE = 'event';

/** Of the workflows that Temporal starts at the times of a journey's schedule. */
export const SCHEDULE_WORKFLOW_TYPE = 'schedule';

/**
 * The queue, beside a worker's own, of the activities of tiles with a rate limit: there Temporal limits each
 * fairness key, and a task without one would be limited too.
 */
export function limitedQueueOf(taskQueue: string): string {
  return `${taskQueue}-limited`;
}

/**
 * The workflow's one argument. A bare client gives the first five fields; the dispatcher gives `entry`
 * instead of the user, so that no personal data enters Temporal; continue-as-new adds `resume`.
 */
export interface JourneyStart {
  journeyId: number;
  email?: string | null;
  userId?: string | null;
  dataFields?: Record<string, unknown> | null;
  /** Left out, the published one. */
  version?: number | null;
  entry?: AdmittedEntry;
  resume?: Position;
}

/** An entry that has its row, with what the workflow needs of its frozen version. */
export interface AdmittedEntry {
  id: string;
  plan: Plan;
  /** Requests that a delivery may spend: the first and the retries after it. */
  maxRequests: number;
}

/** The one argument of an event's workflow. */
export interface EventDeliveryStart {
  deliveryId: string;
  /** See `AdmittedEntry.maxRequests`. */
  maxRequests: number;
}

/** The one argument of a schedule's workflow. */
export interface ScheduleStart {
  journeyId: number;
  /** The version whose schedule it is. */
  version: number;
}

/** Where a walk stands between two tiles. */
export interface Position {
  tileId: string;
  /** How often each tile was come to. */
  visits: [tileId: string, times: number][];
}

export interface JourneyProgress {
  tileId: string | null;
  /** Tiles in the order they were come to. */
  visited: string[];
  waitingFor: string | null;
}

export interface ExitRequest {
  reason: Extract<Reason, 'operator' | 'user_deleted'>;
}

export const statusQuery = defineQuery<JourneyProgress>('status');
export const exitSignal = defineSignal<[ExitRequest]>('exit');
