import { and, desc, inArray, lt, sql } from 'drizzle-orm';
import type { JourneyStatus } from '../../domain/journeys/journey';
import type { Database } from '../connection/client';
import { journeys } from '../schema';

const { id, name, status } = journeys;

export interface JourneyName {
  id: number;
  name: string;
  status: JourneyStatus;
}

/** Newest first: those before `before`, archived ones too; `name` is a part of it, in any case. */
export function listJourneyNames(
  db: Database,
  filter: { name?: string; ids?: number[] },
  { before, limit }: { before?: number; limit: number },
): Promise<JourneyName[]> {
  return db
    .select({ id, name, status })
    .from(journeys)
    .where(
      and(
        filter.ids === undefined ? undefined : inArray(id, filter.ids),
        filter.name === undefined ? undefined : sql`strpos(lower(${name}), lower(${filter.name})) > 0`,
        before === undefined ? undefined : lt(id, before),
      ),
    )
    .orderBy(desc(id))
    .limit(limit);
}
