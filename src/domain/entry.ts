import { z } from 'zod';

/** Why an entry or a delivery ended early: one closed list for logs, API, console and docs. */
export const REASONS = [
  'http_status',
  'timeout',
  'network',
  'tls',
  'invalid_url',
  'blocked_address',
  'token',
  'unauthorized',
  'not_json',
  'render',
  'webhook_deleted',
  'consent',
  'exit_rule',
  'callback',
  'operator',
  'user_deleted',
  'response_too_large',
  'superseded',
  'invalid_start',
] as const;
export const Reason = z.enum(REASONS);
export type Reason = z.infer<typeof Reason>;

export const EntryStatus = z.enum(['accepted', 'running', 'completed', 'exited', 'cancelled']);
export type EntryStatus = z.infer<typeof EntryStatus>;

/** Why a journey did not let a user in. */
export const Refusal = z.enum(['lifetimeLimit', 'simultaneousLimit', 'suppressed', 'reentry', 'where']);
export type Refusal = z.infer<typeof Refusal>;

/** Why a sendToJourney tile started no entry. */
export const Skip = z.enum([...Refusal.options, 'notPublished', 'chainLimit']);
export type Skip = z.infer<typeof Skip>;

/**
 * How an entry ended. `completed` has no reason, and a detail only where the journey's author gave one; the others
 * always have both.
 */
export type EntryEnd =
  | { status: 'completed'; detail?: string }
  | { status: 'exited' | 'cancelled'; reason: Reason; detail: string };

/** How the end of an entry is told whose place another took. */
export function supersededDetail(by: string): string {
  return `A newer entry took its place: ${by}.`;
}

/** The entry that took its place; null once the user was erased. */
export function supersededBy({
  reason,
  detail,
}: {
  reason: Reason | null;
  detail: string | null;
}): string | null {
  return reason === 'superseded' ? (/\bent_\w+/.exec(detail ?? '')?.[0] ?? null) : null;
}
