import { randomUUID } from 'node:crypto';

/** The largest id of Postgres's integer type: a larger one names nothing. */
export const MAX_INT = 2_147_483_647;

/** The prefix of our own ids: of an entry, an event, a job. */
type Kind = 'ent' | 'evt' | 'job';

/** A new id: its stamp and 18 random hexadecimal digits, of a UUID because Node pools their random bytes. */
export function newId(kind: Kind): string {
  return `${stampOf(kind)}${randomUUID().replaceAll('-', '').slice(-18)}`;
}

/** The beginning of an id: the prefix and the time (ms since the epoch), so that ids sort by time. */
export function stampOf(kind: Kind, time = Date.now()): string {
  return `${kind}_${time.toString(36).padStart(9, '0')}`;
}
