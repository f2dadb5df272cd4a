import type { paths } from '../../../types/schema';
import type { Tone } from '../../ui/badge';

export type Job = paths['/api/jobs']['get']['responses'][200]['content']['application/json']['jobs'][number];

const KINDS: Record<string, string> = {
  import: 'Import of users',
  listTrigger: 'List into a journey',
  exit: 'Exit of many entries',
};

/** What a job does. A kind of a later version is its own name. */
export function kindOf({ kind }: Pick<Job, 'kind'>): string {
  return KINDS[kind] ?? kind;
}

/** What it is about, by names: “Spring sale, people.csv”. */
export function subjectOf(job: Job): string | undefined {
  const list = job.listName ?? (job.listId === undefined ? undefined : `List ${job.listId}`);
  const journey = job.journeyName ?? (job.journeyId === undefined ? undefined : `Journey ${job.journeyId}`);
  if (job.kind === 'listTrigger') return `${list} into ${journey}`;
  const parts = [job.fileName, list, journey, job.tileId].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** What a job counts. */
export function unitOf({ kind }: Pick<Job, 'kind'>): string {
  return kind === 'import' ? 'rows' : kind === 'exit' ? 'entries' : 'users';
}

/** “1 row”, “1,000 entries”. */
export function counted(count: number, job: Pick<Job, 'kind'>): string {
  const unit = unitOf(job);
  const one = unit === 'entries' ? 'entry' : unit.slice(0, -1);
  return `${count.toLocaleString('en')} ${count === 1 ? one : unit}`;
}

/** “900 of 1,000 rows, 3 refused”. */
export function outcomeOf(job: Job): string {
  const { done, total, refusedCount } = job;
  const of = total === null ? '' : ` of ${total.toLocaleString('en')}`;
  const refused = refusedCount === 0 ? '' : `, ${refusedCount.toLocaleString('en')} refused`;
  return `${done.toLocaleString('en')}${of} ${unitOf(job)}${refused}`;
}

export const STATES: Record<string, { tone: Tone; text: string }> = {
  queued: { tone: 'held', text: 'Queued' },
  running: { tone: 'info', text: 'Running' },
  completed: { tone: 'good', text: 'Completed' },
  failed: { tone: 'bad', text: 'Failed' },
};
