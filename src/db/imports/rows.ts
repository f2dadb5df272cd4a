import { sql } from 'drizzle-orm';
import { triggerKeysOf } from '../../domain/journeys/entry-source';
import { ApiError } from '../../domain/errors';
import { type Database, rowsOf } from '../connection/client';
import {
  applyBatch,
  type ImportRow,
  type ImportTarget,
  namesOf,
  type RowRefusal,
  unknown,
} from './import-batch';
import { subscribe } from '../lists/memberships';
import type { OutboxItem } from '../outbox';
import { lockUser } from '../users/lock';
import { updateLockedUser, type Updated, type UserUpdate } from '../users/users';

/** What rows came to: those left out, and what the others began. */
export interface Applied {
  refused: RowRefusal[];
  items: OutboxItem[];
}

/**
 * Updates the user of each row as `updateUser` does, or `subscribe`, in the order of the rows and in the caller's
 * transaction. A row that cannot be applied holds up no other. Where nothing follows from them, a handful of statements
 * do for all.
 */
export async function applyRows(
  tx: Database,
  rows: ImportRow[],
  target: ImportTarget,
  watched: boolean,
): Promise<Applied> {
  const applied: Applied = { refused: [], items: [] };
  for (const wave of watched ? rows.map((row) => [row]) : batchesOf(rows)) {
    const { refused, left } = wave.length === 1 ? alone(wave) : await applyBatch(tx, wave, target);
    applied.refused.push(...refused);
    for (const row of left) await applyOne(tx, row, target, applied);
  }
  return applied;
}

function alone(left: ImportRow[]): { refused: RowRefusal[]; left: ImportRow[] } {
  return { refused: [], left };
}

/** Whether anything may follow from these rows, which then have to be applied one by one. */
export async function startsOrPublishes(
  tx: Database,
  rows: ImportRow[],
  { listId }: ImportTarget,
): Promise<boolean> {
  const fields = [...new Set(rows.flatMap(({ update }) => Object.keys(update.dataFields)))];
  const keys = [
    ...triggerKeysOf({ kind: 'newUser' }),
    ...triggerKeysOf({ kind: 'profileUpdate', fields }),
    ...(listId === undefined ? [] : triggerKeysOf({ kind: 'listSubscribe', listId })),
  ];
  const [row] = await rowsOf<{ watched: boolean }>(
    tx,
    sql`
    select exists (
      select 1 from event_webhooks where enabled and deleted_at is null
        and event_types && array['participant.created', 'participant.profileUpdated', 'participant.tagsAdded']
    ) or exists (
      select 1 from journeys where status = 'published' and entry_key = any(${sql.param(keys)}::text[])
    ) as watched`,
  );
  return row!.watched;
}

/** Names that the database compares as we do. */
const ASCII = /^[\x20-\x7e]*$/;

/** Cuts the rows so that no name comes twice in a wave: what is done to one user keeps its order. */
function batchesOf(rows: ImportRow[]): ImportRow[][] {
  const waves: ImportRow[][] = [];
  let names = new Set<string>();
  for (const row of rows) {
    const mine = namesOf(row.update);
    const plain = ASCII.test(row.update.email ?? '');
    if (waves.length === 0 || !plain || names.has('') || mine.some((name) => names.has(name))) {
      waves.push([]);
      names = new Set();
    }
    waves.at(-1)!.push(row);
    // No other comes into the wave of a row that has to be alone.
    for (const name of plain ? mine : ['']) names.add(name);
  }
  return waves;
}

/** A caller's mistake refuses the row; anything else fails the page. */
async function applyOne(
  tx: Database,
  { line, update }: ImportRow,
  { listId, knownOnly }: ImportTarget,
  applied: Applied,
): Promise<void> {
  try {
    const done =
      listId === undefined
        ? await tx.transaction((held) => updateOne(held, update, knownOnly))
        : await subscribe(tx, listId, update, knownOnly);
    if (done === undefined) throw unknown();
    applied.items.push(...done.items);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    applied.refused.push({ line, reason: error.message });
  }
}

async function updateOne(tx: Database, update: UserUpdate, knownOnly: boolean): Promise<Updated | undefined> {
  if (knownOnly && (await lockUser(tx, update)) === undefined) return undefined;
  return updateLockedUser(tx, update);
}
