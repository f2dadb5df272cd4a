import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { answerOf, api, ApiFault, rememberCsrfToken } from '../api/client';
import type { paths } from '../../types/schema';

type Answer = paths['/api/session']['get']['responses'][200]['content']['application/json'];
type Person = NonNullable<Answer['person']>;

/** Whoever is signed in. */
export interface Session {
  person: Person;
  /** *Manage Integrations*: whether webhooks may be seen and changed. */
  manageIntegrations: boolean;
}

/** The session that an answer describes. Each later change carries its token. */
export function sessionOf({ person, manageIntegrations, csrfToken }: Answer): Session {
  rememberCsrfToken(csrfToken ?? '');
  return { person: person!, manageIntegrations };
}

/** Null when nobody is signed in. */
export const whoAmI = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return sessionOf(await answerOf(api.GET('/api/session')));
    } catch (error) {
      if (error instanceof ApiFault && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

let last: Session | null = null;

/**
 * Whoever looks at a page below the shell. When their session has ended, the page stays as it was for them, out of sight,
 * until somebody signs in. Null for the moment in which they are led to sign in.
 */
export function useSession(): Session | null {
  const { data } = useSuspenseQuery(whoAmI);
  last = data ?? last;
  return last;
}
