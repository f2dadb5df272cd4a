import { MAX_INT } from '../../db/connection/ids';
import { badParams } from '../../domain/errors';
import { readJson, writeJson } from '../../domain/lossless-json';
import { z } from 'zod';

/** The id of a list's last row, as a page token carries it. */
export const IdKey = z.int().min(0).max(MAX_INT);

/** Spread into the query of each list. */
export const PAGE = {
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  pageToken: z.string().max(1_000).optional(),
};

/** Spread into the answer of each list. */
export const NEXT_PAGE = {
  nextPageToken: z.string().optional().describe('Absent on the last page.'),
};

/** How a list continues: the key of its last row, and what such a key looks like. */
interface List<Row, Key> {
  key: z.ZodType<Key>;
  keyOf: (row: Row) => Key;
  read: (limit: number, after: Key | undefined) => Promise<Row[]>;
}

/** Reads one page of a list. Throws `BadParams` when the token is not of this list. */
export async function readPage<Row, Key>(
  { pageSize, pageToken }: { pageSize: number; pageToken?: string },
  { key, keyOf, read }: List<Row, Key>,
): Promise<{ rows: Row[]; nextPageToken?: string }> {
  const after = pageToken === undefined ? undefined : keyOfToken(pageToken, key);
  const found = await read(pageSize + 1, after);
  const rows = found.slice(0, pageSize);
  if (found.length <= pageSize) return { rows };
  return { rows, nextPageToken: tokenOfKey(keyOf(rows.at(-1)!)) };
}

function tokenOfKey(key: unknown): string {
  return Buffer.from(writeJson(key)).toString('base64url');
}

function keyOfToken<Key>(token: string, key: z.ZodType<Key>): Key {
  const parsed = key.safeParse(jsonIn(Buffer.from(token, 'base64url').toString('utf8')));
  if (!parsed.success) {
    throw badParams({ pageToken: 'This is not a token of this list. Send a nextPageToken unchanged.' });
  }
  return parsed.data;
}

/** Undefined when the text is not JSON, which is no key of any list. */
function jsonIn(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
