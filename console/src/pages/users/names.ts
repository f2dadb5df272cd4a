import { useParams } from '@tanstack/react-router';
import { isolated } from '../../words/quoted';

/** The identifiers of a user. */
export interface Named {
  email: string | null;
  userId: string | null;
}

/** One of them, as a call names the user. */
export type Identity = { email: string } | { userId: string };

export function nameOfUser({ email, userId }: Named): string {
  return isolated(email ?? userId ?? '');
}

/** The user's page. */
export function hrefOfUser({ email, userId }: Named): string {
  return email === null || email === ''
    ? `/users/by-id/${encodeURIComponent(userId ?? '')}`
    : `/users/by-email/${encodeURIComponent(email)}`;
}

export function useIdentity(): Identity {
  const { email, userId = '' } = useParams({ strict: false });
  return email === undefined ? { userId } : { email };
}
