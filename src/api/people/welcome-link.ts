import type { Link } from '../../usecases/people/welcome';

/** A one-time link. Browsers send no fragment, so no proxy logs the code. */
export function welcomeLink({ publicUrl }: { publicUrl: string }, { code }: Pick<Link, 'code'>): string {
  return `${publicUrl}/welcome#code=${code}`;
}
