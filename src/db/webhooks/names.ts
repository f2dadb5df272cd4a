import { and, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { LiveDataField } from '../../domain/webhooks/live-data';
import type { METHODS } from '../../domain/webhooks/request-parts';
import type { Database } from '../connection/client';
import { webhooks } from '../schema';

type Method = (typeof METHODS)[number];

const { id, name, definition, deletedAt } = webhooks;
const method = sql<Method>`${definition} ->> 'method'`;
const dataRetrieval = sql<boolean>`coalesce((${definition} ->> 'dataRetrieval')::boolean, false)`;

/** What a journey needs to know of a webhook. */
export interface WebhookName {
  id: number;
  name: string;
  method: Method;
  dataRetrieval: boolean;
  liveDataFields: LiveDataField[];
  deleted: boolean;
}

export interface WebhookNameFilter {
  /** Part of the name, in any case. */
  name?: string;
  /** These, also if they were deleted. */
  ids?: number[];
  dataRetrieval?: boolean;
  method?: Method;
}

/** Newest first: those before `before`. */
export function listWebhookNames(
  db: Database,
  filter: WebhookNameFilter,
  { before, limit }: { before?: number; limit: number },
): Promise<WebhookName[]> {
  return db
    .select({
      ...{ id, name, method, dataRetrieval },
      liveDataFields: sql<LiveDataField[]>`coalesce(${definition} -> 'liveDataFields', '[]')`,
      deleted: sql<boolean>`${deletedAt} is not null`,
    })
    .from(webhooks)
    .where(
      and(
        filter.ids === undefined ? isNull(deletedAt) : inArray(id, filter.ids),
        filter.name === undefined ? undefined : sql`strpos(lower(${name}), lower(${filter.name})) > 0`,
        filter.dataRetrieval === undefined ? undefined : eq(dataRetrieval, filter.dataRetrieval),
        filter.method === undefined ? undefined : eq(method, filter.method),
        before === undefined ? undefined : lt(id, before),
      ),
    )
    .orderBy(desc(id))
    .limit(limit);
}
