import type { Database } from '../../db/connection/client';
import { findPersonWithHash, isUnchanged, type Person } from '../../db/people/people';
import { forgiveTry } from '../../db/people/sign-in-tries';
import { badParams } from '../../domain/errors';
import { networkOf } from '../../domain/people/network';
import { passwordFault } from '../../domain/people/password';
import { hashPassword } from './passwords';
import { beginSession, type SignedIn, type Visit } from './sessions';
import { badCredentials, checkPassword } from './sign-in';
import { renewPassword } from './welcome';

/** Sets a person's password, ends all their sessions and begins one. Throws as `signIn` does for a wrong current one. */
export async function changePassword(
  db: Database,
  { id, email }: Person,
  passwords: { currentPassword: string; newPassword: string },
  visit: Visit,
): Promise<SignedIn> {
  const tried = { email, address: networkOf(visit.address) };
  const find = () => findPersonWithHash(db, id);
  const found = await checkPassword(db, tried, find, passwords.currentPassword);
  const { passwordHash: _current, ...person } = found;
  const fault = passwordFault(passwords.newPassword, person);
  if (fault !== undefined) throw badParams({ newPassword: fault });
  const passwordHash = await hashPassword(passwords.newPassword);
  return db.transaction(async (tx) => {
    if (!(await isUnchanged(tx, found))) throw badCredentials();
    await forgiveTry(tx, tried);
    await renewPassword(tx, person, passwordHash, visit);
    return beginSession(tx, person, visit);
  });
}
