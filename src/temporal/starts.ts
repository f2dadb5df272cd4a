import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Plan } from '../domain/journeys/plan';
import { DRAFT, isOfDraft } from '../domain/journeys/version';
import type { event, journey } from '../workflows';
import {
  EVENT_DELIVERY_WORKFLOW_TYPE,
  type EventDeliveryStart,
  type JourneyStart,
  WORKFLOW_TYPE,
} from '../workflows/messages';
import { JOURNEY_ID, VERSION } from './attributes';
import type { Calls } from './calls';

/** An accepted entry, ready to be dispatched. Its id is the workflow's. */
export interface StartJourney {
  entryId: string;
  journeyId: number;
  version: number;
  plan: Plan;
  /** What a job made is served after single requests. */
  ofJob?: boolean;
  /** Whether it is a test run. */
  test?: boolean;
}

/** An event delivery, ready to be dispatched. Its id is the workflow's. */
export interface StartEventDelivery extends Pick<StartJourney, 'ofJob'> {
  deliveryId: string;
}

export interface StartOptions {
  taskQueue: string;
  /** See `AdmittedEntry.maxRequests`. */
  maxRequests: number;
  /** Only where the worker shares the connection: it then gets the first task in the response to the start. */
  eagerStart: boolean;
}

function nameOfVersion(version: number): string {
  return isOfDraft(version) ? 'draft' : `version ${version}`;
}

/** Temporal serves lower numbers first; the default is 3. */
const OF_JOB = { priority: { priorityKey: 4 } };

/** Starts workflows, each once: starting one that was started before does nothing. */
export function createStarts({ client, withDeadline }: Calls, options: StartOptions) {
  const { taskQueue, maxRequests, eagerStart } = options;
  const settings = {
    taskQueue,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    requestEagerStart: eagerStart,
  } as const;

  async function once(start: () => Promise<unknown>): Promise<void> {
    try {
      await withDeadline(start);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  return {
    /** Starts an entry's workflow. */
    startJourney({ entryId, journeyId, version, plan, ofJob, test }: StartJourney): Promise<void> {
      const start: JourneyStart = { journeyId, version, entry: { id: entryId, plan, maxRequests } };
      return once(() =>
        client.workflow.start<typeof journey>(WORKFLOW_TYPE, {
          ...settings,
          ...(ofJob && OF_JOB),
          workflowId: entryId,
          args: [start],
          staticSummary: `${test ? 'Test run of journey' : 'Journey'} ${journeyId}, ${nameOfVersion(version)}`,
          typedSearchAttributes: [
            { key: JOURNEY_ID, value: journeyId },
            // All test runs of drafts have one, so that they are found, and left out, in the Web UI.
            { key: VERSION, value: isOfDraft(version) ? DRAFT : version },
          ],
        }),
      );
    },

    /** Starts an event delivery's workflow. */
    startEvent({ deliveryId, ofJob }: StartEventDelivery): Promise<void> {
      const start: EventDeliveryStart = { deliveryId, maxRequests };
      return once(() =>
        client.workflow.start<typeof event>(EVENT_DELIVERY_WORKFLOW_TYPE, {
          ...settings,
          ...(ofJob && OF_JOB),
          workflowId: deliveryId,
          args: [start],
          staticSummary: 'Delivery of one event to one event webhook',
        }),
      );
    },
  };
}
