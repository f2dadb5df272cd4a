import type { Database } from '../../db/connection/client';
import { identify, lockByEmail, lockIdentified, type PersonWithIssuer } from '../../db/people/identities';
import type { Identified, Refusal } from '../../domain/people/identity';
import { foldedEmail } from '../../domain/users/email';
import { record } from '../audit/record';
import { authorOf, beginSession, type SignedIn, type Visit } from './sessions';

interface Identity extends Identified {
  email: string | undefined;
  emailVerified: boolean;
}

/**
 * Signs somebody in whom an identity provider has recognized: only a person who was added before. The first time they
 * are found by their email, if the provider vouches for it; from then on by what the provider knows them as.
 */
export function signInElsewhere(
  db: Database,
  identity: Identity,
  visit: Visit,
): Promise<SignedIn | { refused: Refusal }> {
  return db.transaction(async (tx) => {
    const known = await lockIdentified(tx, identity);
    if (known !== undefined) return beginSession(tx, personOf(known), visit);
    const { email, emailVerified, issuer } = identity;
    if (email === undefined || !emailVerified) return { refused: 'unverified' };
    const added = await lockByEmail(tx, foldedEmail(email));
    if (added === undefined) return { refused: 'unknown' };
    // The email has gone to somebody else there, who is not the person that was added.
    if (added.oidcIssuer === issuer) return { refused: 'taken' };
    await identify(tx, added.id, identity);
    const person = personOf(added);
    const [before, after] = [added.oidcIssuer, issuer].map((url) => ({ identityProvider: { url } }));
    const { id, name } = person;
    await record(tx, authorOf(person, visit), { action: 'person.update', id, name, before, after });
    return beginSession(tx, person, visit);
  });
}

function personOf({ oidcIssuer: _issuer, ...person }: PersonWithIssuer) {
  return person;
}
