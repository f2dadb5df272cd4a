import { createWriteStream, renameSync, rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConfigError } from '../config';
import type { Client } from './client';
import { formatOf, pathOf, readOptions } from './options';

const USAGE = 'npm run export -- [people.csv] [--list 12] [--format csv|ndjson]';

/** What to export, and where to. */
export interface ExportOptions {
  path: string;
  /** Omitted: standard output. */
  file?: string;
}

export function exportOptions(): ExportOptions {
  const { values, file: named } = readOptions(USAGE, {});
  const file = named === '-' ? undefined : named;
  const format = formatOf(values.format, file) ?? 'csv';
  return { path: `${pathOf(values.list)}/export?format=${format}`, file };
}

/** Writes the whole file or none. */
export async function download({ call }: Client, { path, file }: ExportOptions): Promise<void> {
  const { body } = await call('GET', path);
  if (file === undefined) return write(body, process.stdout, 'What was written is incomplete');
  const part = `${file}.part`;
  try {
    await write(body, createWriteStream(part), 'No file was written');
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** `outcome` is the part of the error message that says what remains. */
async function write(body: Readable, target: NodeJS.WritableStream, outcome: string): Promise<void> {
  try {
    await pipeline(body, target);
  } catch (error) {
    const { code, message, path } = error as NodeJS.ErrnoException;
    // The reader of our output, such as `head`, has read enough.
    if (code === 'EPIPE') return;
    const what = path === undefined ? 'The download was interrupted' : 'The file cannot be written';
    throw new ConfigError(`${what}: ${message}. ${outcome}; try again.`, { cause: error });
  }
}
