import type { Database } from '../../db/connection/client';
import { markSignedIn, type Person } from '../../db/people/people';
import { insertSession, type Origin } from '../../db/people/sessions';
import { newToken } from '../../db/people/tokens';
import type { Author } from '../../domain/audit';
import { record } from '../audit/record';

/** What somebody has who signed in. */
export interface SignedIn {
  person: Person;
  /** For the cookie. */
  token: string;
}

/** Where the changes of a person come from. */
export interface Visit extends Origin {
  requestId: string;
}

export function authorOf({ id, name }: Person, { requestId }: Visit): Author {
  return { actor: { type: 'person', id, name }, requestId };
}

/** Begins a session. Its token is always a new one: nobody can have set it before. */
export async function beginSession(tx: Database, person: Person, visit: Visit): Promise<SignedIn> {
  const token = newToken();
  const id = await insertSession(tx, token, person.id, visit);
  await markSignedIn(tx, person.id);
  await record(tx, authorOf(person, visit), { action: 'session.create', id, name: person.name });
  return { person, token };
}
