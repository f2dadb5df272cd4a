import { z } from 'zod';
import { type JourneyRow, type JourneySort, listJourneys } from '../../db/journeys/journeys';
import type { JourneyStatus } from '../../domain/journeys/journey';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { JOURNEY_TAGS } from './routes';
import { MAX_INT } from '../../db/connection/ids';

const State = z.enum(['Draft', 'Published', 'Paused', 'Archived']);
const NOT_ARCHIVED: JourneyStatus[] = ['draft', 'published', 'paused'];

const Query = z.object({
  page: z.coerce.number().int().min(1).max(MAX_INT).default(1),
  pageSize: z.coerce.number().int().min(1).max(50).default(10),
  sort: z
    .string()
    .regex(
      /^-?(id|name|createdAt|updatedAt)$/,
      'Sort by id, name, createdAt or updatedAt; “-” in front turns it.',
    )
    .default('id'),
  state: z
    .union([State, z.array(State)])
    .optional()
    .describe('Left out, all that are not archived.'),
});

/** In Iterable's shape: times in epoch milliseconds, and no field where there is nothing to say. */
const ListedJourney = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string(),
  enabled: z.boolean().describe('Whether it takes new entries.'),
  isArchived: z.boolean(),
  journeyType: z.string(),
  lifetimeLimit: z.int().optional(),
  simultaneousLimit: z.int().optional(),
  triggerEventNames: z.array(z.string()),
  createdAt: z.int(),
  updatedAt: z.int(),
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
        sort: query.sort.replace('-', '') as JourneySort,
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

function pageUrl({ pageSize, sort, state }: z.infer<typeof Query>, page: number): string {
  const query = new URLSearchParams({ page: String(page), pageSize: String(pageSize), sort });
  for (const name of [state ?? []].flat()) query.append('state', name);
  return `/api/journeys?${query.toString()}`;
}

function listedJourneyOf(row: JourneyRow): z.infer<typeof ListedJourney> {
  const { entry } = row.definition;
  return {
    id: row.id,
    name: row.name,
    description: row.definition.description,
    enabled: row.status === 'published',
    isArchived: row.status === 'archived',
    journeyType: row.publishedVersion === null ? 'Draft' : 'Published',
    lifetimeLimit: row.definition.lifetimeLimit,
    simultaneousLimit: row.definition.simultaneousLimit,
    triggerEventNames: entry.source === 'event' ? [entry.eventName] : [],
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
  };
}
