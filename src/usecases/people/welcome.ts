import type { Database } from '../../db/connection/client';
import {
  findInvitation,
  insertInvitation,
  type Invitation,
  takeInvitation,
} from '../../db/people/invitations';
import {
  findPerson,
  hasAdmin,
  insertPerson,
  lockPeople,
  lockPerson,
  type Person,
  setPassword,
} from '../../db/people/people';
import { deleteSessionsOf } from '../../db/people/sessions';
import { unlockAccount } from '../../db/people/sign-in-tries';
import { newToken } from '../../db/people/tokens';
import type { Author } from '../../domain/audit';
import { ApiError, badParams, refuse } from '../../domain/errors';
import { passwordFault } from '../../domain/people/password';
import { record } from '../audit/record';
import { personView } from '../audit/views';
import { hashPassword } from './passwords';
import { authorOf, beginSession, type SignedIn, type Visit } from './sessions';

interface Deps {
  db: Database;
  author: Author;
}

/** A one-time link, as its code. */
export interface Link {
  code: string;
  expiresAt: Date;
}

/** Makes a link with which a person sets a password, and ends the one before; undefined when there is no such person. */
export function invite({ db, author }: Deps, id: number): Promise<Link | undefined> {
  return db.transaction(async (tx) => {
    const person = await lockPerson(tx, id);
    if (person === undefined) return undefined;
    const code = newToken();
    const expiresAt = await insertInvitation(tx, code, id);
    await record(tx, author, { action: 'person.invite', id, name: person.name });
    return { code, expiresAt };
  });
}

/** Makes the link of the first administrator, and ends the one before; undefined once there is an administrator. */
export function inviteFirst(db: Database): Promise<Link | undefined> {
  return db.transaction(async (tx) => {
    await lockPeople(tx);
    if (await hasAdmin(tx)) return undefined;
    const code = newToken();
    return { code, expiresAt: await insertInvitation(tx, code, null) };
  });
}

/** Whom a link is for: null is the first administrator. Throws `Gone` for a link that works no longer. */
export async function lookAtLink(
  db: Database,
  code: string,
): Promise<{ person: Person | null; expiresAt: Date }> {
  const found = await findInvitation(db, code);
  if (found === undefined) throw gone();
  if (await isLate(db, found)) throw late();
  const person = found.personId === null ? null : await findPerson(db, found.personId);
  if (person === undefined) throw gone();
  return { person, expiresAt: found.expiresAt };
}

/** A link of the first administrator, when there is one already. */
async function isLate(db: Database, { personId }: Invitation): Promise<boolean> {
  return personId === null && (await hasAdmin(db));
}

export interface Welcomed {
  code: string;
  password: string;
  /** Of the first administrator, whom nobody has described yet. */
  email?: string;
  name?: string;
}

/** Sets a person's password, ends all their sessions and begins one. The link is used up, if nothing is wrong. */
export async function welcome(db: Database, welcomed: Welcomed, visit: Visit): Promise<SignedIn> {
  const { person } = await lookAtLink(db, welcomed.code);
  if (person !== null) refuseDescription(welcomed);
  const described = person ?? describedIn(welcomed);
  const fault = passwordFault(welcomed.password, described);
  if (fault !== undefined) throw badParams({ password: fault });
  const passwordHash = await hashPassword(welcomed.password);
  return db.transaction(async (tx) => {
    if (person === null) return beginFirst(tx, welcomed, { ...described, passwordHash }, visit);
    const current = (await takeInvitation(tx, welcomed.code)) && (await lockPerson(tx, person.id));
    if (current === undefined) throw gone();
    await renewPassword(tx, current, passwordHash, visit);
    return beginSession(tx, current, visit);
  });
}

/** Sets a password. Whoever has signed in with the old one, or was locked out, is so no longer. */
export async function renewPassword(
  tx: Database,
  person: Person,
  passwordHash: string,
  visit: Visit,
): Promise<void> {
  await setPassword(tx, person.id, passwordHash);
  await deleteSessionsOf(tx, person.id);
  await unlockAccount(tx, person.email);
  await record(tx, authorOf(person, visit), {
    action: 'person.setPassword',
    id: person.id,
    name: person.name,
  });
}

function describedIn({ email, name }: Welcomed): { email: string; name: string } {
  if (email !== undefined && name !== undefined) return { email, name };
  const missing = 'This is missing. The first administrator gives their email and name.';
  throw badParams({
    ...(email === undefined && { email: missing }),
    ...(name === undefined && { name: missing }),
  });
}

/** An administrator has described everybody but the first one. */
function refuseDescription(welcomed: Welcomed): void {
  const given = (['email', 'name'] as const).filter((field) => welcomed[field] !== undefined);
  refuse(
    Object.fromEntries(given.map((field) => [field, 'The link is for a known person. Leave this out.'])),
  );
}

async function beginFirst(
  tx: Database,
  { code }: Welcomed,
  values: { email: string; name: string; passwordHash: string },
  visit: Visit,
): Promise<SignedIn> {
  await lockPeople(tx);
  const taken = await takeInvitation(tx, code);
  if (taken === undefined) throw gone();
  if (await hasAdmin(tx)) throw late();
  const person = await insertPerson(tx, { ...values, role: 'admin' });
  if (person === undefined) {
    throw badParams({
      email: 'This email belongs to somebody who was added with another role. Take another.',
    });
  }
  await record(tx, authorOf(person, visit), {
    action: 'person.create',
    id: person.id,
    name: person.name,
    after: personView(person),
  });
  return beginSession(tx, person, visit);
}

function late(): ApiError {
  return new ApiError(
    'Gone',
    'This link was for the first administrator, and there is one by now. Ask them for a link of your own.',
  );
}

function gone(): ApiError {
  return new ApiError(
    'Gone',
    'This link is used, expired or replaced by a newer one. Ask an administrator for another.',
  );
}
