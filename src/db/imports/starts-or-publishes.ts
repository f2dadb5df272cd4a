import { sql } from 'drizzle-orm';
import { triggerKeysOf } from '../../domain/journeys/entry-source';
import { type Database, rowsOf } from '../connection/client';
import type { ImportRow, ImportTarget } from './import-batch';

/** Whether these rows may start a journey or publish an event: then they are applied one by one. */
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
  const [row] = await rowsOf<{ matches: boolean }>(
    tx,
    sql`
    select exists (
      select 1 from event_webhooks where enabled and deleted_at is null
        and event_types && array['participant.created', 'participant.profileUpdated', 'participant.tagsAdded']
    ) or exists (
      select 1 from journeys where status = 'published' and entry_key = any(${sql.param(keys)}::text[])
    ) as matches`,
  );
  return row!.matches;
}
