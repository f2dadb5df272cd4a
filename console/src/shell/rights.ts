import { useSession } from './session';

/** Whether the person who looks at the page may change users and lists, and send users into journeys. */
export function useMayChangeUsers(): boolean {
  const role = useSession()?.person.role;
  return role !== undefined && role !== 'viewer';
}
