import { randomUUID } from 'node:crypto';

/** What ids of ours begin with: of an entry, an event, a job. */
type Kind = 'ent' | 'evt' | 'job';

/** A new id: its stamp, and 18 hexadecimal digits of a UUID, whose chance Node keeps in stock. */
export function newId(kind: Kind): string {
  return `${stampOf(kind)}${randomUUID().replaceAll('-', '').slice(-18)}`;
}

/** The beginning of an id. It has the time (ms since the epoch), so that ids sort as what they name came. */
export function stampOf(kind: Kind, time = Date.now()): string {
  return `${kind}_${time.toString(36).padStart(9, '0')}`;
}
