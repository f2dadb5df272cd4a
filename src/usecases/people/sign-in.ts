import type { Database } from '../../db/connection/client';
import { findPersonByEmail, isUnchanged, type PersonWithHash } from '../../db/people/people';
import { countTry, forgiveTry, type Tried } from '../../db/people/sign-in-tries';
import { ApiError } from '../../domain/errors';
import { networkOf } from '../../domain/people/network';
import { isPassword } from './passwords';
import { beginSession, type SignedIn, type Visit } from './sessions';

/**
 * Signs a person in. Throws `BadCredentials` for a wrong password, an unknown email and a person without a password, all
 * after the same work, and `RateLimitExceeded` after ten of them.
 */
export async function signIn(
  db: Database,
  { email, password }: { email: string; password: string },
  visit: Visit,
): Promise<SignedIn> {
  const tried = { email, address: networkOf(visit.address) };
  const found = await checkPassword(db, tried, () => findPersonByEmail(db, email), password);
  return db.transaction(async (tx) => {
    // The person may have been removed, or have another password, since it was checked.
    if (!(await isUnchanged(tx, found))) throw badCredentials();
    await forgiveTry(tx, tried);
    const { passwordHash: _hash, ...person } = found;
    return beginSession(tx, person, visit);
  });
}

/** The person whose password it is. Throws as `signIn` does. */
export async function checkPassword(
  db: Database,
  tried: Tried,
  find: () => Promise<PersonWithHash | undefined>,
  password: string,
): Promise<PersonWithHash> {
  const seconds = await countTry(db, tried);
  if (seconds > 0) throw locked(seconds);
  const found = await find();
  if (!(await isPassword(found?.passwordHash, password))) throw badCredentials();
  return found!;
}

export function badCredentials(): ApiError {
  return new ApiError(
    'BadCredentials',
    'Email or password is wrong. After ten wrong tries both are locked for 15 minutes; an administrator can make a link for a new password.',
  );
}

/** The same for an account that does not exist. */
function locked(seconds: number): ApiError {
  const minutes = Math.ceil(seconds / 60);
  return new ApiError(
    'RateLimitExceeded',
    `There were too many wrong passwords. Try again in ${minutes} minute${minutes === 1 ? '' : 's'}.`,
    { retryAfter: seconds },
  );
}
