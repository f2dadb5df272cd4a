import { z } from 'zod';
import { groupFailures } from '../../db/deliveries/failures';
import { summarizeDeliveries } from '../../db/deliveries/summary';
import { Reason } from '../../domain/entry';
import { stepsBetween } from '../../domain/time/steps';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { IdInQuery, Instant, Time } from '../http/schemas';

const FailureGroup = z
  .object({
    webhookId: z.int().nullable(),
    eventWebhookId: z.int().nullable(),
    webhookName: z.string().nullable(),
    journeyId: z.int().nullable().describe('Of an inline webhook, as tileId: null for all others.'),
    journeyName: z.string().nullable(),
    tileId: z.string().nullable(),
    reason: Reason,
    count: z.int(),
    firstAt: Time,
    lastAt: Time,
    lastDeliveryId: z.string(),
    exited: z.int().describe('How many users exited their journey because of it.'),
  })
  .describe('Deliveries of one webhook that failed for one reason.');

const Step = z.object({
  at: Time.describe('When the step begins.'),
  delivered: z.int(),
  failed: z.int(),
  pending: z.int(),
  p95Ms: z
    .int()
    .nullable()
    .describe('In which 95 of 100 requests were answered, of the last 200 deliveries of the step.'),
});

const TAGS = ['Deliveries'];
const config = { scope: 'integrations', forAllReaders: true } as const;
const DAY_MS = 86_400_000;
const Since = Instant.optional().describe('Of deliveries that began since then. Left out, 24 hours ago.');

/** What operators look at first. Neither shows anything of a request. */
export function deliveryReportRoutes(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/deliveries/failures',
    config,
    schema: {
      operationId: 'groupFailedDeliveries',
      summary: 'Group failed deliveries by webhook and reason',
      description:
        'The 200 most frequent of the last 50,000 failures; `since` is later than asked for where there are more. Test runs are not counted.',
      tags: TAGS,
      querystring: z.strictObject({ since: Since }),
      response: { 200: z.object({ failures: z.array(FailureGroup), since: Time }), ...ERRORS },
    },
    handler: async ({ query }) => {
      const { failures, since } = await groupFailures(db, beginOf(query.since));
      return {
        failures: failures.map((group) => ({
          ...group,
          firstAt: timeOf(group.firstAt),
          lastAt: timeOf(group.lastAt),
        })),
        since: timeOf(since),
      };
    },
  });
  app.route({
    method: 'GET',
    url: '/deliveries/summary',
    config,
    schema: {
      operationId: 'summarizeDeliveries',
      summary: 'Count deliveries by step of time',
      description: 'For graphs: at most 60 steps of equal length, each by when its deliveries began.',
      tags: TAGS,
      querystring: z.strictObject({ since: Since, webhookId: IdInQuery }),
      response: {
        200: z.object({ stepSeconds: z.int(), steps: z.array(Step) }),
        ...ERRORS,
      },
    },
    handler: async ({ query: { since, webhookId } }) => {
      const cut = stepsBetween(beginOf(since), Date.now());
      const steps = await summarizeDeliveries(db, cut, webhookId);
      return {
        stepSeconds: cut.length / 1_000,
        steps: steps.map(({ at, ...counts }) => ({ at: timeOf(at), ...counts })),
      };
    },
  });
}

function beginOf(since: string | undefined): number {
  return since === undefined ? Date.now() - DAY_MS : Date.parse(since);
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
