import { type SQL, sql } from 'drizzle-orm';
import type { EntryEnd } from '../../domain/entry';
import { kindOfExit } from '../../domain/notification';
import { alertRow, countAlerts } from './notifications';

/** What an alert about a delivery refers to. */
export interface AlertSubject {
  entryId: string;
  deliveryId: string;
  journeyId: number;
  tileId: string;
  webhookId: number | null;
}

/**
 * SQL of a further `with` query for the statement that closes an attempt or a delivery: it counts the notifications for
 * an operator (B030, B068). Undefined when there are none. The queries `attempt` and `ended` of that statement
 * give a row each only if it was this statement that changed theirs, so nothing is counted twice.
 */
export function deliveryAlerts(
  troubled: AlertSubject,
  { end, refusedEarly }: { end: EntryEnd | undefined; refusedEarly: boolean },
  at: number,
): SQL | undefined {
  const exit = end?.status === 'exited' ? end : undefined;
  const kind = exit && kindOfExit(exit.reason);
  const occurrences = [
    ...(refusedEarly ? [alertRow({ ...troubled, kind: 'early_401', detail: null, at }, sql`attempt`)] : []),
    ...(exit && kind ? [alertRow({ ...troubled, kind, detail: exit.detail, at }, sql`ended`)] : []),
  ];
  return occurrences.length === 0 ? undefined : countAlerts(occurrences);
}
