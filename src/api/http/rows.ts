import { z } from 'zod';
import { ApiError, pathText } from '../../domain/errors';
import { writeJson } from '../../domain/lossless-json';
import { giveWay } from '../../domain/turns';
import { wordsOfType } from '../../domain/words-of-types';
import { faultsOf } from './faults';
import { BODY_LIMIT } from './json';

/* Rows of bulk calls. Each is read by itself, so that one that cannot be used fails alone. */

/** Bytes of the body of a bulk call, as Iterable has it; its connectors fill it. */
export const BULK_BODY_LIMIT = 4_194_304;

/**
 * Up to so many rows, not read yet. The document describes them as `row`, and says that others do not make the call fail.
 */
export function bulkRows(row: z.ZodType, most: number, ofWhat: string) {
  const { $schema: _dialect, ...described } = z.toJSONSchema(row, { io: 'input' });
  return z
    .array(z.unknown().meta({ anyOf: [described, OTHERS] }))
    .max(most, `One call takes at most ${most} ${ofWhat}. Send the others in another.`);
}

const OTHERS = { description: 'Anything else fails alone, and is counted and named in the answer.' };

/** Reads a row. Throws Iterable's errors where a name is none, else `BadJsonBody` with each fault by path. */
export function readRow<Row>(schema: z.ZodType<Row>, row: unknown): Row {
  const { data, error } = schema.safeParse(row, { error: wordsOfType });
  if (error === undefined) return data;
  const faults = faultsOf(error.issues).map(({ path, message }) => [pathText(path), message] as const);
  const paths = faults.map(([path]) => path);
  if (paths.includes('email')) throw new ApiError('InvalidEmailAddressError', 'An email is a text.');
  if (paths.includes('userId')) throw new ApiError('InvalidUserIdError', 'A userId is a text.');
  throw new ApiError('BadJsonBody', 'The row cannot be used.', Object.fromEntries(faults));
}

/** A row that failed, as it was sent, and why. */
export interface FailedRow {
  row: unknown;
  error: ApiError;
}

/** Reads each row. A caller's mistake fails only its row. */
export async function readRows<Value>(
  rows: unknown[],
  read: (row: unknown) => Value,
): Promise<{ good: { row: unknown; value: Value }[]; failed: FailedRow[] }> {
  const good: { row: unknown; value: Value }[] = [];
  const failed: FailedRow[] = [];
  for (const row of rows) {
    await giveWay();
    try {
      refuseLargeRow(row);
      good.push({ row, value: read(row) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed.push({ row, error });
    }
  }
  return { good, failed };
}

/** A row of a bulk call takes no more than a call of its own. */
function refuseLargeRow(row: unknown): void {
  if (writeJson(row).length <= BODY_LIMIT) return;
  throw new ApiError('BadJsonBody', 'The row is larger than 1 MiB. Send less in it.');
}

/** A name in a row as it was sent: what is no text or number cannot be named in an answer. */
export function sentName(row: unknown, field: 'email' | 'userId'): string | undefined {
  const name = (row as Record<string, unknown> | null | undefined)?.[field];
  return typeof name === 'number' || (typeof name === 'string' && name !== '') ? String(name) : undefined;
}
