import { createReadStream, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { ConfigError } from '../config';
import type { ImportFormat } from '../transfer/rows';
import { quoted } from '../transfer/write';
import { type Client, ServerUnreachable } from './client';
import { formatOf, pathOf, readOptions } from './options';

const USAGE =
  'npm run import -- people.csv [--list 12] [--format csv|ndjson] [--update-existing-only] [--merge-nested-objects] [--refused refused.csv]';

/** What to import, and where to. */
export interface ImportOptions {
  path: string;
  format: ImportFormat;
  file: string;
  /** The file to write all refused rows to. */
  refused?: string;
}

interface Job {
  id: string;
  state: string;
  total: number | null;
  done: number;
  refusedCount: number;
  reason?: string;
}

interface Refused {
  id: string;
  reason: string;
}

const FLAGS = {
  'update-existing-only': { type: 'boolean' },
  'merge-nested-objects': { type: 'boolean' },
  refused: { type: 'string' },
} as const;

export function importOptions(): ImportOptions {
  const { values, file } = readOptions(USAGE, FLAGS);
  if (file === undefined) throw new ConfigError(`Name the file, or - for standard input.\nUsage: ${USAGE}`);
  const format = formatOf(values.format, file);
  if (format === undefined)
    throw new ConfigError('The format is not clear from the file name. Add --format csv or --format ndjson.');
  const query = new URLSearchParams();
  if (values['update-existing-only']) query.set('updateExistingUsersOnly', 'true');
  if (values['merge-nested-objects']) query.set('mergeNestedObjects', 'true');
  return { path: `${pathOf(values.list)}/import?${query}`, format, file, refused: values.refused };
}

const TYPES: Record<ImportFormat, string> = { csv: 'text/csv', ndjson: 'application/x-ndjson' };

/** Uploads the file. Returns the id of the job that imports it. */
export async function upload({ read }: Client, { path, format, file }: ImportOptions): Promise<string> {
  const headers = {
    'content-type': TYPES[format],
    ...(file !== '-' && { 'content-disposition': named(file) }),
  };
  const { jobId } = await read<{ jobId: string }>('POST', path, { headers, body: openFile(file) });
  return jobId;
}

/** RFC 6266: what the job calls the file. */
function named(file: string): string {
  return `attachment; filename*=UTF-8''${encodeURIComponent(basename(file)).replaceAll("'", '%27')}`;
}

function openFile(file: string): Readable {
  if (file === '-') return process.stdin;
  if (!statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) return createReadStream(file);
    throw new ConfigError(`There is no file ${file}. Check its name.`);
  }
  throw new ConfigError(`${file} is a folder. Name a file.`);
}

const POLL_MS = 500;

/** Failed polls in a row: a server that is restarted continues the job. */
const MOST_FAILED_POLLS = 120;

/** Waits for the end of the job and prints its result. Throws a ConfigError when not every row was imported. */
export async function watchJob(client: Client, id: string, refusedFile?: string): Promise<void> {
  let failedPolls = 0;
  for (;;) {
    const job = await readJob(client, id).catch((error: unknown) => {
      failedPolls += 1;
      if (!(error instanceof ServerUnreachable) || failedPolls > MOST_FAILED_POLLS) throw error;
    });
    if (job !== undefined) failedPolls = 0;
    if (job !== undefined && ['completed', 'failed'].includes(job.state))
      return printResult(client, job, refusedFile);
    if (job !== undefined) showProgress(job);
    await pause(POLL_MS);
  }
}

function readJob({ read }: Client, id: string): Promise<Job> {
  return read<Job>('GET', `/api/jobs/${id}`);
}

/** Overwrites one line, and only on a terminal. */
function showProgress({ done, total, refusedCount }: Job): void {
  if (!process.stderr.isTTY) return;
  const of = total === null ? '' : ` of ${total}`;
  process.stderr.write(`\r${done}${of} rows done, ${refusedCount} refused `);
}

/** How many refused rows are printed. */
const MOST_PRINTED = 20;

async function printResult(client: Client, job: Job, refusedFile: string | undefined): Promise<void> {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const { done, refusedCount, reason } = job;
  console.log(`${done - refusedCount} rows imported, ${refusedCount} refused.`);
  const refused = await refusedBy(client, job.id, refusedFile === undefined ? MOST_PRINTED : Infinity);
  if (refusedFile !== undefined) {
    const lines = refused.map((row) => `${row.id},${quoted(row.reason)}\r\n`);
    writeFileSync(refusedFile, `line,reason\r\n${lines.join('')}`);
  }
  for (const row of refused.slice(0, MOST_PRINTED)) console.log(`  line ${row.id}: ${row.reason}`);
  const more = refusedCount - MOST_PRINTED;
  if (more > 0) {
    console.log(`  and ${more} more${refusedFile === undefined ? ': --refused FILE writes them all' : ''}`);
  }
  if (reason !== undefined) throw new ConfigError(reason);
  if (refusedCount > 0)
    throw new ConfigError('Not every row was imported. Fix the refused ones and import them again.');
}

async function refusedBy({ read }: Client, id: string, most: number): Promise<Refused[]> {
  const found: Refused[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ pageSize: '200', ...(token !== undefined && { pageToken: token }) });
    const page = await read<{ refused: Refused[]; nextPageToken?: string }>(
      'GET',
      `/api/jobs/${id}/refused?${query}`,
    );
    found.push(...page.refused);
    token = page.nextPageToken;
  } while (token !== undefined && found.length < most);
  return found;
}
