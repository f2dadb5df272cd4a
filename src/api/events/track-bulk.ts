import { z } from 'zod';
import { chunksOf } from '../../domain/chunks';
import { createBulkTracker, type TrackMany } from '../../usecases/events/track-many';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { onceReserved } from '../http/once';
import { BULK_BODY_LIMIT, bulkRows, type FailedRow, readRow, readRows } from '../http/rows';
import { listsOf } from '../users/bulk-answer';
import { Event, trackedOf } from './track';

const MOST_EVENTS = 8_000;

const Names = z.array(z.string());

/** What became of the events of a call, in Iterable's shape; connectors read `invalidData…` too. */
const BulkAnswer = z.object({
  successCount: z.int(),
  failCount: z.int(),
  invalidEmails: Names,
  invalidUserIds: Names,
  disallowedEventNames: Names.describe('Names that no event can have.'),
  createdFields: Names.describe('Always empty: fields of events are not declared.'),
  filteredOutFields: Names.describe('Always empty: all fields are kept.'),
  failedUpdates: z.object({
    invalidEmails: Names,
    invalidUserIds: Names,
    invalidDataEmails: Names.describe('Users with an event that cannot be used, such as one without a name.'),
    invalidDataUserIds: Names,
    notFoundEmails: Names.describe('Always empty: an unknown user is created.'),
    notFoundUserIds: Names,
    forgottenEmails: Names.describe('Always empty: who was deleted may come again.'),
    forgottenUserIds: Names,
  }),
});

/** Many events in one call, each by itself. */
export function trackBulkRoute(app: Api, deps: AppDeps): void {
  const trackMany = createBulkTracker(deps);
  app.route({
    method: 'POST',
    url: '/events/trackBulk',
    bodyLimit: BULK_BODY_LIMIT,
    config: { scope: 'trigger', iterable: true },
    schema: {
      operationId: 'trackEvents',
      summary: 'Track many events',
      description: 'Each event by itself: those that cannot be tracked are named, and the rest are.',
      tags: ['Iterable-compatible'],
      body: z.object({ events: bulkRows(Event, MOST_EVENTS, 'events') }),
      response: { 200: BulkAnswer, ...ERRORS },
    },
    handler: (request, reply) =>
      onceReserved(deps, request, reply, () => trackAll(trackMany, request.body.events)),
  });
}

/** Events that are read and recorded at a time: others are served in between. */
const CHUNK = 500;

async function trackAll(trackMany: TrackMany, rows: unknown[]): Promise<z.infer<typeof BulkAnswer>> {
  const failed: FailedRow[] = [];
  for (const sent of chunksOf(rows, CHUNK, (row) => row)) {
    const chunk = await readRows(sent, (row) => trackedOf(readRow(Event, row)));
    failed.push(...chunk.failed);
    await trackMany(chunk.good.map(({ value }) => value));
  }
  return answerOf(rows.length, failed);
}

function answerOf(count: number, failed: FailedRow[]): z.infer<typeof BulkAnswer> {
  const disallowed = failed.filter(isDisallowed);
  const { invalidEmails, invalidUserIds, failedUpdates } = listsOf(
    failed.filter((failure) => !isDisallowed(failure)),
  );
  const { conflictEmails: _emails, conflictUserIds: _userIds, ...lists } = failedUpdates;
  return {
    ...{ successCount: count - failed.length, failCount: failed.length, invalidEmails, invalidUserIds },
    disallowedEventNames: disallowed.map(({ row }) => (row as { eventName: string }).eventName),
    ...{ createdFields: [], filteredOutFields: [] },
    failedUpdates: lists,
  };
}

/** Whether nothing but its name is wrong with an event, which then names it better than its user does. */
function isDisallowed({ row, error: { code, params } }: FailedRow): boolean {
  if (code !== 'BadJsonBody' || Object.keys(params ?? {}).join() !== 'eventName') return false;
  const { eventName } = row as { eventName?: unknown };
  return typeof eventName === 'string' && eventName.trim() !== '';
}
