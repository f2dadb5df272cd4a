import { pino } from 'pino';
import { createPageRunner } from '../../src/background/jobs';
import { JOB_KINDS } from '../../src/background/job-kinds';
import type { Answer, ApiWorld } from './api-world';
import { until } from './until';

export const CSV = { 'content-type': 'text/csv' };
export const NDJSON = { 'content-type': 'application/x-ndjson' };

/** A process that does the pages of jobs: each call does one. */
export function turnsOf({ db, enqueue }: ApiWorld): () => Promise<number> {
  const log = pino({ level: 'silent' });
  return createPageRunner({ db, log, enqueue, kinds: JOB_KINDS });
}

/** Does pages until a job has ended. Returns the job as it is then. */
export function ended(world: ApiWorld, jobId: string): Promise<Answer['body']> {
  const takeTurn = turnsOf(world);
  return until(async () => {
    while ((await takeTurn()) === 0);
    // A page that failed is due again after a pause.
    const { body } = await world.call('GET', `/api/jobs/${jobId}`);
    return body.endedAt !== undefined && body;
  });
}

/** Imports a file to its end. Returns the job as it is then. */
export async function imported(
  world: ApiWorld,
  file: string | Buffer,
  { url = '/api/users/import', type = CSV }: { url?: string; type?: Record<string, string> } = {},
): Promise<Answer['body']> {
  const answer = await world.call('POST', url, file, type);
  if (answer.status !== 202) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return ended(world, answer.body.jobId);
}

/** Lines of NDJSON. */
export function lines(...values: unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** What a user's profile holds, without the times that a read adds. */
export async function profileOf(
  { call }: Pick<ApiWorld, 'call'>,
  name: string,
): Promise<Record<string, unknown> | undefined> {
  const path = name.includes('@') ? name : `byUserId/${name}`;
  const { body }: Answer = await call('GET', `/api/users/${encodeURI(path)}`);
  if (body.user === undefined) return undefined;
  const {
    signupDate: _date,
    signupSource: _source,
    profileUpdatedAt: _updated,
    ...fields
  } = body.user.dataFields;
  return fields as Record<string, unknown>;
}
