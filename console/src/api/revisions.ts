import { ApiFault } from './client';

/** Who changed something, when, and what. */
export interface Change {
  at: string;
  actor: { name: string };
  action: string;
  changes: FieldChange[];
}

/** Of one that was created or deleted, one side is missing. */
export interface FieldChange {
  path: string;
  before?: unknown;
  after?: unknown;
}

/** What a 412 says: the revision of now, and the changes since the one that was shown, newest first. */
export interface Stale {
  revision: number;
  changes: Change[];
}

/** Header parameters of a change: it is refused if somebody else made one since the page showed this revision. */
export function ifMatch(revision: number): { 'if-match': string } {
  return { 'if-match': `"${revision}"` };
}

/** Undefined where a call failed for another reason. */
export function staleIn(error: unknown): Stale | undefined {
  const isStale = error instanceof ApiFault && error.code === 'Stale' && error.params?.changes !== undefined;
  return isStale ? (error.params as unknown as Stale) : undefined;
}
