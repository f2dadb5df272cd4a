import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ConfigError } from '../config';
import { IMPORT_FORMATS, type ImportFormat } from '../transfer/rows';

/** Options of both commands. */
const SHARED = { list: { type: 'string' }, format: { type: 'string' } } as const;

type Flags = NonNullable<ParseArgsConfig['options']>;

/** Reads the file and the options from the command line. Throws a ConfigError with the usage. */
export function readOptions<More extends Flags>(usage: string, more: More) {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(3),
      options: { ...SHARED, ...more },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new Error(`Name one file, not “${positionals.join('” and “')}”.`);
    return { values, file: positionals[0] };
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\nUsage: ${usage}`);
  }
}

/** `/api/users`, or `/api/lists/12`. */
export function pathOf(list: string | undefined): string {
  if (list === undefined) return '/api/users';
  if (/^[1-9]\d{0,9}$/.test(list)) return `/api/lists/${list}`;
  throw new ConfigError(`--list must be the number of a list, not “${list}”.`);
}

/** The requested format, or else that of the file name's ending; undefined when neither tells. */
export function formatOf(requested: string | undefined, file: string | undefined): ImportFormat | undefined {
  if (requested === undefined) {
    if (/\.csv$/i.test(file ?? '')) return 'csv';
    return /\.(ndjson|jsonl)$/i.test(file ?? '') ? 'ndjson' : undefined;
  }
  const format = IMPORT_FORMATS.find((name) => name === requested);
  if (format === undefined)
    throw new ConfigError(`--format must be ${IMPORT_FORMATS.join(' or ')}, not “${requested}”.`);
  return format;
}
