import { createWriteStream, renameSync, rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConfigError } from '../config';
import type { Client } from './client';
import { formatOf, pathOf, readOptions } from './options';

const USAGE = 'npm run export -- [people.csv] [--list 12] [--format csv|ndjson]';

/** What is to be exported, and where to. */
export interface ExportOptions {
  path: string;
  /** Left out: standard output. */
  file?: string;
}

export function exportOptions(): ExportOptions {
  const { values, file: named } = readOptions(USAGE, {});
  const file = named === '-' ? undefined : named;
  const format = formatOf(values.format, file) ?? 'csv';
  return { path: `${pathOf(values.list)}/export?format=${format}`, file };
}

/** Writes the file, whole or not at all. */
export async function download({ call }: Client, { path, file }: ExportOptions): Promise<void> {
  const { body } = await call('GET', path);
  if (file === undefined) return write(body, process.stdout, 'What was written is not whole');
  const part = `${file}.part`;
  try {
    await write(body, createWriteStream(part), 'Nothing was kept');
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** `left` says what there is when it fails. */
async function write(body: Readable, target: NodeJS.WritableStream, left: string): Promise<void> {
  try {
    await pipeline(body, target);
  } catch (error) {
    const { code, message, path } = error as NodeJS.ErrnoException;
    // Whoever reads our output, such as `head`, has enough.
    if (code === 'EPIPE') return;
    const what = path === undefined ? 'The answer broke off' : 'The file cannot be written';
    throw new ConfigError(`${what}: ${message}. ${left}; try again.`, { cause: error });
  }
}
