import { type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../connection/client';
import type { EnqueuingDatabase } from '../../enqueue';
import { findOpenJob, insertJob, type LockedJob, newJobId, type PageResult } from '../../jobs/jobs';
import { lockUsers } from '../../users/names';
import { BY_OPERATOR, exitEntries, leavingByOperator } from './exit';

/** The kind of a job that takes the users of a journey out. */
export const EXIT = 'exit';

/** Which open entries are to end: all of a journey; those at one tile; those at a tile that calls a webhook. */
export interface ExitFilter {
  journeyId: number;
  tileId?: string;
  webhookId?: number;
}

/** What its pages need to know. */
interface ExitParameters extends ExitFilter {
  note: string;
}

/** What does not exist, by its field; or the job that is under way for the same entries, unless it has just ended. */
export type ExitRefusal = { refused: keyof ExitFilter } | { refused: 'underWay'; open: string | undefined };

/**
 * Accepts a job that ends the entries of this filter that are open now. Of one filter one such job is open at a time,
 * however many calls come at once.
 */
export async function acceptExit(
  tx: Database,
  filter: ExitFilter,
  note: string,
): Promise<{ jobId: string; total: number } | ExitRefusal> {
  const { journeyId, tileId, webhookId } = filter;
  const [found] = await rowsOf<Record<keyof ExitFilter, boolean> & { total: number }>(
    tx,
    sql`
    select exists (select 1 from journeys where id = ${journeyId}) as "journeyId",
      ${
        tileId === undefined
          ? sql`true`
          : sql`exists (
        select 1 from journey_versions
        where journey_id = ${journeyId} and plan -> 'tiles' -> ${tileId} is not null)`
      } as "tileId",
      ${
        webhookId === undefined
          ? sql`true`
          : sql`exists (
        select 1 from webhook_uses
        where journey_id = ${journeyId} and version > 0 and webhook_id = ${webhookId})`
      } as "webhookId",
      (select count(*) from entries where ${isMeant(filter)}) as total`,
  );
  const unknown = (['journeyId', 'tileId', 'webhookId'] as const).find((field) => !found![field]);
  if (unknown !== undefined) return { refused: unknown };
  const { total } = found!;
  const one = { kind: EXIT, subject: JSON.stringify([journeyId, tileId, webhookId]) };
  const id = newJobId();
  const parameters = { ...filter, note };
  if (!(await insertJob(tx, { id, ...one, about: { journeyId, tileId, webhookId }, parameters, total }))) {
    return { refused: 'underWay', open: await findOpenJob(tx, one.kind, one.subject) };
  }
  return { jobId: id, total };
}

/** SQL of whether a row of `entries` is open and one of those meant. */
function isMeant({ journeyId, tileId, webhookId }: ExitFilter): SQL {
  const atTile = tileId === undefined ? sql`true` : sql`tile_id = ${tileId}`;
  const atWebhook =
    webhookId === undefined
      ? sql`true`
      : sql`exists (
      select 1 from webhook_uses uses
      where uses.journey_id = entries.journey_id and uses.version = entries.version
        and uses.tile_id = entries.tile_id and uses.webhook_id = ${webhookId})`;
  return sql`entries.journey_id = ${journeyId} and ended_at is null and ${atTile} and ${atWebhook}`;
}

/** Less than other jobs have: on the embedded database, nobody else is served during a statement. */
const PAGE_SIZE = 250;

/**
 * The next page of such a job. Who has entered since it was accepted stays in; who has ended meanwhile stays as they are,
 * and counts as done. Who moves to another tile meanwhile is judged by where they are at their turn.
 */
export async function exitPage(tx: EnqueuingDatabase, job: LockedJob): Promise<PageResult> {
  const { note, ...filter } = job.parameters as unknown as ExitParameters;
  const acceptedBefore = sql`accepted_at <= (select created_at from jobs where id = ${job.id})`;
  const ids = await exitSome(tx, sql`${isMeant(filter)} and ${acceptedBefore}`, job.cursor, note);
  return {
    cursor: ids.at(-1) ?? job.cursor,
    done: ids.length,
    refused: [],
    ended: ids.length < PAGE_SIZE,
  };
}

/**
 * Ends open entries of a journey that takes no more: those behind `after`, some at a time. Returns behind which to go on;
 * undefined when there are no more.
 */
export async function exitRest(
  tx: EnqueuingDatabase,
  journeyId: number,
  after: string,
  note: string,
): Promise<string | undefined> {
  const ids = await exitSome(tx, isMeant({ journeyId }), after, note);
  return ids.length < PAGE_SIZE ? undefined : ids.at(-1);
}

/** Ends the next of the entries that are meant, and returns their ids. Their users are locked first: see `users/lock.ts`. */
async function exitSome(
  tx: EnqueuingDatabase,
  areMeant: SQL,
  after: unknown,
  note: string,
): Promise<string[]> {
  const rows = await rowsOf<{ id: string; userId: number | null }>(
    tx,
    sql`
    select id, user_id as "userId" from entries where ${areMeant} and id > ${(after as string | null) ?? ''}
    order by id limit ${PAGE_SIZE}`,
  );
  await lockUsers(tx, [...new Set(rows.flatMap(({ userId }) => userId ?? []))]);
  const ids = rows.map(({ id }) => id);
  await exitEntries(
    tx,
    ids.map((id) => leavingByOperator(id, note)),
    BY_OPERATOR,
  );
  return ids;
}
