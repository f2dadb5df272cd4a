import { ApiError } from '../../domain/errors';
import { invisibleFault, isEmail } from '../../domain/users/email';
import { type Identity, isUserId } from '../../domain/users/profile';

/** The identifiers in a request; as in Iterable, null is the same as left out. */
export interface Named {
  email?: string | null;
  userId?: string | null;
}

/** The identifiers that were sent. Throws Iterable's errors for those that cannot be one. */
export function identifiersOf({ email, userId }: Named): { email?: string; userId?: string } {
  if (email && !isEmail(email)) {
    const fault = invisibleFault(email);
    throw new ApiError('InvalidEmailAddressError', `Invalid email: ${email}${fault ? `. ${fault}` : ''}`);
  }
  if (userId && !isUserId(userId)) {
    throw new ApiError(
      'InvalidUserIdError',
      'Invalid userId: it has at most 52 printable ASCII characters and no space at its end.',
    );
  }
  return { ...(email && { email }), ...(userId && { userId }) };
}

/** The one identifier that was sent, or undefined when there is none. Throws `BadParams` when there are two. */
export function oneIdentityOf(named: Named): Identity | undefined {
  const { email, userId } = identifiersOf(named);
  if (email !== undefined && userId !== undefined) {
    throw new ApiError('BadParams', 'Both email and userId are set. Send one of them.');
  }
  if (email !== undefined) return { email };
  return userId === undefined ? undefined : { userId };
}

/** The identifiers that were sent. Throws `BadParams` when there is none. */
export function requiredNamesOf(named: Named): { email?: string; userId?: string } {
  const names = identifiersOf(named);
  if (Object.keys(names).length === 0) throw missingIdentity();
  return names;
}

export function missingIdentity(): ApiError {
  return new ApiError('BadParams', 'Either email or userId must be set to name the user.');
}

/** For a call that creates no user. */
export function unknownUser({ email }: { email?: string }): ApiError {
  return email === undefined
    ? new ApiError('UnknownUserIdError', 'There is no user with this userId.')
    : new ApiError('UnknownEmailError', 'There is no user with this email.');
}
