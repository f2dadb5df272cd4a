import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm';
import type { Database } from '../connection/client';
import { jobRefusals, jobs, journeys, lists, users } from '../schema';

/** A job as people ask for it: without its parameters, which may hold something of a user. */
export type JobView = Awaited<ReturnType<typeof selectJobs>>[number];

function selectJobs(db: Database) {
  return db
    .select({
      id: jobs.id,
      kind: jobs.kind,
      about: jobs.about,
      journeyName: journeys.name,
      listName: lists.name,
      state: jobs.state,
      total: jobs.total,
      done: jobs.done,
      refusedCount: jobs.refusedCount,
      reason: jobs.reason,
      createdAt: jobs.createdAt,
      startedAt: jobs.startedAt,
      endedAt: jobs.endedAt,
    })
    .from(jobs)
    .leftJoin(journeys, eq(journeys.id, sql`(${jobs.about} ->> 'journeyId')::int`))
    .leftJoin(lists, eq(lists.id, sql`(${jobs.about} ->> 'listId')::int`))
    .$dynamic();
}

/** Newest first: the jobs before `before`. */
export function listJobs(
  db: Database,
  { before, limit }: { before?: string; limit: number },
): Promise<JobView[]> {
  return selectJobs(db)
    .where(before === undefined ? undefined : lt(jobs.id, before))
    .orderBy(desc(jobs.id))
    .limit(limit);
}

export async function findJob(db: Database, id: string): Promise<JobView | undefined> {
  const [row] = await selectJobs(db).where(eq(jobs.id, id));
  return row;
}

/** What a job left out: `id` is the user's email, or else the userId, or what the job's kind calls it. */
export interface RefusalView {
  ordinal: number;
  id: string;
  reason: string;
}

/** In the order of the job: those after `after`. */
export function listRefusals(
  db: Database,
  jobId: string,
  { after, limit }: { after?: number; limit: number },
): Promise<RefusalView[]> {
  return db
    .select({
      ordinal: jobRefusals.ordinal,
      id: sql<string>`coalesce(${jobRefusals.ref}, ${users.email}, ${users.userId})`,
      reason: jobRefusals.reason,
    })
    .from(jobRefusals)
    .leftJoin(users, eq(users.id, jobRefusals.userId))
    .where(
      and(eq(jobRefusals.jobId, jobId), after === undefined ? undefined : gt(jobRefusals.ordinal, after)),
    )
    .orderBy(asc(jobRefusals.ordinal))
    .limit(limit);
}
