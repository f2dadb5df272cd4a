import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Reason } from '../domain/entry';
import type { Plan } from '../domain/journeys/plan';

/** Names that bare Temporal clients rely on (docs/temporal.md). */
export const TASK_QUEUE = 'wayhook';
export const WORKFLOW_TYPE = 'journey';

/** Only Wayhook starts these. */
export const EVENT_DELIVERY_WORKFLOW_TYPE = 'event';

/** Started by Temporal's schedules. */
export const SCHEDULE_WORKFLOW_TYPE = 'schedule';

/**
 * The queue for the activities of tiles with a rate limit. Temporal limits each fairness key there; a task without a
 * key would be limited too, so other activities stay on the worker's own queue.
 */
export function limitedQueueOf(taskQueue: string): string {
  return `${taskQueue}-limited`;
}

/**
 * The workflow's argument. A bare client passes the first five fields; the dispatcher passes `entry` instead of the
 * user, so that no personal data enters Temporal; continue-as-new adds `resume`.
 */
export interface JourneyStart {
  journeyId: number;
  email?: string | null;
  userId?: string | null;
  dataFields?: Record<string, unknown> | null;
  /** The published version by default. */
  version?: number | null;
  entry?: AdmittedEntry;
  resume?: Position;
}

/** An entry with a row in the database, and what the workflow needs of its frozen version. */
export interface AdmittedEntry {
  id: string;
  plan: Plan;
  /** Requests of one delivery: the first and its retries. */
  maxRequests: number;
}

/** The argument of an event delivery's workflow. */
export interface EventDeliveryStart {
  deliveryId: string;
  /** See `AdmittedEntry.maxRequests`. */
  maxRequests: number;
}

/** The argument of a schedule's workflow. */
export interface ScheduleStart {
  journeyId: number;
  /** The version that the schedule belongs to. */
  version: number;
}

/** Where an entry is, between two tiles. */
export interface Position {
  tileId: string;
  /** How often each tile was visited. */
  visits: [tileId: string, times: number][];
}

/**
 * What an entry waits for. `request` is a tile's request: queued for a rate limit, under way, or to be retried, which
 * its activity says. `outage`: an outage of ours.
 */
export type Awaited = 'delay' | 'event' | 'window' | 'callback' | 'request' | 'outage';

export interface JourneyProgress {
  tileId: string | null;
  /** Tiles in the order of their visits. */
  visited: string[];
  /** The latest of them, each with the way that the user took where it has several. */
  path: { tileId: string; way: string | null }[];
  /** Null while the entry goes on. */
  waitingFor: Awaited | null;
}

/** What Wayhook sends with the signal; anybody else may send anything. */
export interface ExitRequest {
  reason: Extract<Reason, 'operator' | 'user_deleted' | 'exit_rule' | 'superseded'>;
}

/** What Wayhook sends with the signal that ends a wait: ids only. */
export interface Wake {
  waitId: string;
  /** The position of the arm that ended it, from 1. */
  arm: number;
}

export const statusQuery = defineQuery<JourneyProgress>('status');
export const exitSignal = defineSignal<[ExitRequest]>('exit');
export const wakeSignal = defineSignal<[Wake]>('wake');
