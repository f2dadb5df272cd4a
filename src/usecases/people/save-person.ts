import type { Database } from '../../db/connection/client';
import {
  deletePerson,
  findPerson,
  insertPerson,
  isTaken,
  listAdmins,
  lockPeople,
  type PersonRow,
  updatePerson,
} from '../../db/people/people';
import type { Author } from '../../domain/audit';
import { ApiError } from '../../domain/errors';
import type { PersonInput } from '../../domain/people/person';
import { record } from '../audit/record';
import { personView } from '../audit/views';

interface Deps {
  db: Database;
  author: Author;
}

/** Throws `Conflict` when another person has the email. */
export function createPerson({ db, author }: Deps, values: PersonInput): Promise<PersonRow> {
  return db.transaction(async (tx) => {
    const row = await insertPerson(tx, values);
    if (row === undefined) throw taken();
    const { id, name } = row;
    await record(tx, author, { action: 'person.create', id, name, after: personView(row) });
    return row;
  });
}

/** Changes a person; undefined when there is none. Their sessions go on, with what they may do now. */
export function replacePerson(
  { db, author }: Deps,
  id: number,
  values: PersonInput,
): Promise<PersonRow | undefined> {
  return db.transaction(async (tx) => {
    await lockPeople(tx);
    if (values.role !== 'admin') await refuseLastAdmin(tx, id);
    const current = await findPerson(tx, id);
    if (current === undefined) return undefined;
    if (await isTaken(tx, values.email, id)) throw taken();
    const row = await updatePerson(tx, id, values);
    const [before, after] = [current, row].map(personView);
    await record(tx, author, { action: 'person.update', id, name: row.name, before, after });
    return row;
  });
}

/** Removes a person, who is shut out at once; undefined when there is none. */
export function removePerson({ db, author }: Deps, id: number): Promise<PersonRow | undefined> {
  return db.transaction(async (tx) => {
    await lockPeople(tx);
    await refuseLastAdmin(tx, id);
    const current = await findPerson(tx, id);
    if (current === undefined) return undefined;
    await deletePerson(tx, id);
    const { name } = current;
    await record(tx, author, { action: 'person.delete', id, name, before: personView(current) });
    return current;
  });
}

/** Throws `Conflict` for the last administrator. With the table locked, one of two who remove each other stays. */
async function refuseLastAdmin(tx: Database, id: number): Promise<void> {
  const admins = await listAdmins(tx);
  if (admins.length !== 1 || admins[0] !== id) return;
  throw new ApiError(
    'Conflict',
    'This is the last administrator, and nobody could invite another. Make somebody else one first.',
  );
}

function taken(): ApiError {
  return new ApiError('Conflict', 'Another person has this email. GET /api/people lists everybody.');
}
