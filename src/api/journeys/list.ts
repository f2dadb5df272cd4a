import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type JourneySort, type ListedRow, listJourneys } from '../../db/journeys/journeys';
import { type JourneyDefinition, JourneyStatus } from '../../domain/journeys/journey';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { JOURNEY_TAGS } from './routes';
import { Revision } from '../http/schemas';
import { MAX_INT } from '../../db/connection/ids';

const State = z.enum(['Draft', 'Published', 'Paused', 'Archived']);
const NOT_ARCHIVED: JourneyStatus[] = ['draft', 'published', 'paused'];

const Query = z.object({
  page: z.coerce.number().int().min(1).max(MAX_INT).default(1),
  pageSize: z.coerce.number().int().min(1).max(50).default(10),
  sort: z
    .string()
    .regex(
      // A plus in a query is a space, unless it is percent-encoded.
      /^[-+ ]?(id|name|createdAt|updatedAt)$/,
      'Sort by id, name, createdAt or updatedAt; “-” in front turns it.',
    )
    .default('id'),
  state: z
    .union([State, z.array(State)])
    .optional()
    .describe('Left out, all that are not archived.'),
  name: z.string().max(200).optional().describe('Part of the name, in any case.'),
});

const Shown = z.object({
  name: z.string(),
  description: z.string(),
  lifetimeLimit: z.int().optional(),
  simultaneousLimit: z.int().optional(),
  triggerEventNames: z.array(z.string()),
});

/**
 * In Iterable's shape: times in epoch milliseconds, and no field where there is nothing to say. Its `startTileId` is a
 * number, and our tiles' ids are texts. `status`, `entry`, `users` and `revision` are ours.
 */
const ListedJourney = Shown.extend({
  id: z.int(),
  enabled: z.boolean().describe('Whether it takes new entries.'),
  isArchived: z.boolean(),
  journeyType: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
  status: JourneyStatus,
  entry: z.looseObject({ source: z.string() }),
  revision: Revision,
  users: z.int().describe('How many are under way now, but in test runs.'),
  creatorUserId: z.string().optional().describe('The name of the API key or person that created it.'),
  draft: Shown.optional().describe(
    'What the next publication makes of it, if the draft differs from what is live.',
  ),
});

export function journeyListRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/journeys',
    config: { scope: 'journeys', iterable: true },
    schema: {
      operationId: 'listJourneys',
      summary: 'List journeys',
      tags: [...JOURNEY_TAGS, 'Iterable-compatible'],
      querystring: Query,
      response: {
        200: z.object({
          journeys: z.array(ListedJourney),
          totalJourneysCount: z.int(),
          nextPageUrl: z.string().optional(),
          previousPageUrl: z.string().optional(),
        }),
        ...ERRORS,
      },
    },
    handler: async ({ query }) => {
      const { rows, total } = await listJourneys(db, {
        statuses: statusesOf(query.state),
        name: query.name,
        sort: query.sort.replace(/^[-+ ]/, '') as JourneySort,
        descending: query.sort.startsWith('-'),
        offset: (query.page - 1) * query.pageSize,
        limit: query.pageSize,
      });
      return {
        journeys: rows.map(listedJourneyOf),
        totalJourneysCount: total,
        ...(query.page * query.pageSize < total && { nextPageUrl: pageUrl(query, query.page + 1) }),
        ...(query.page > 1 && { previousPageUrl: pageUrl(query, query.page - 1) }),
      };
    },
  });
}

function statusesOf(state: z.infer<typeof Query>['state']): JourneyStatus[] {
  if (state === undefined) return NOT_ARCHIVED;
  return [state].flat().map((name) => name.toLowerCase() as JourneyStatus);
}

function pageUrl({ pageSize, sort, state, name }: z.infer<typeof Query>, page: number): string {
  const query = new URLSearchParams({ page: String(page), pageSize: String(pageSize), sort });
  if (name !== undefined) query.set('name', name);
  for (const name of [state ?? []].flat()) query.append('state', name);
  return `/api/journeys?${query.toString()}`;
}

function listedJourneyOf({ row, published, users }: ListedRow): z.infer<typeof ListedJourney> {
  const { definition, secrets } = row;
  const changed = published !== null && !isDeepStrictEqual(published, { definition, secrets });
  return {
    id: row.id,
    ...shownOf(published?.definition ?? definition),
    enabled: row.status === 'published',
    isArchived: row.status === 'archived',
    journeyType: row.publishedVersion === null ? 'Draft' : 'Published',
    status: row.status,
    entry: (published?.definition ?? definition).entry,
    revision: row.revision,
    users,
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
    creatorUserId: row.creator ?? undefined,
    draft: changed ? shownOf(definition) : undefined,
  };
}

function shownOf({
  name,
  description,
  lifetimeLimit,
  simultaneousLimit,
  entry,
}: JourneyDefinition): z.infer<typeof Shown> {
  const triggerEventNames = entry.source === 'event' ? [entry.eventName] : [];
  return { name, description, lifetimeLimit, simultaneousLimit, triggerEventNames };
}
