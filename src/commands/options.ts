import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ConfigError } from '../config';
import { IMPORT_FORMATS, type ImportFormat } from '../transfer/rows';

/** Options that both commands have. */
const SHARED = { list: { type: 'string' }, format: { type: 'string' } } as const;

type Flags = NonNullable<ParseArgsConfig['options']>;

/** What stands behind the command: the file, and options. Throws a ConfigError that says how the command is used. */
export function readOptions<More extends Flags>(usage: string, more: More) {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(3),
      options: { ...SHARED, ...more },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new Error(`One file at a time, not “${positionals.join('” and “')}”.`);
    return { values, file: positionals[0] };
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\nUsage: ${usage}`);
  }
}

/** `/api/users`, or `/api/lists/12`. */
export function pathOf(list: string | undefined): string {
  if (list === undefined) return '/api/users';
  if (/^[1-9]\d{0,9}$/.test(list)) return `/api/lists/${list}`;
  throw new ConfigError(`--list is the number of a list; “${list}” is none.`);
}

/** As asked for, else as the name of the file ends; undefined where neither says. */
export function formatOf(asked: string | undefined, file: string | undefined): ImportFormat | undefined {
  if (asked === undefined) {
    if (/\.csv$/i.test(file ?? '')) return 'csv';
    return /\.(ndjson|jsonl)$/i.test(file ?? '') ? 'ndjson' : undefined;
  }
  const format = IMPORT_FORMATS.find((name) => name === asked);
  if (format === undefined)
    throw new ConfigError(`--format is ${IMPORT_FORMATS.join(' or ')}; “${asked}” is neither.`);
  return format;
}
