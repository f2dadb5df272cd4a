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
  'operator',
  'user_deleted',
  'response_too_large',
  'invalid_start',
] as const;
export const Reason = z.enum(REASONS);
export type Reason = z.infer<typeof Reason>;

export const EntryStatus = z.enum(['accepted', 'running', 'completed', 'exited', 'cancelled']);
export type EntryStatus = z.infer<typeof EntryStatus>;

/** Why a sendToJourney tile started no entry. */
export const Skip = z.enum([
  'lifetimeLimit',
  'simultaneousLimit',
  'suppressed',
  'notPublished',
  'chainLimit',
]);
export type Skip = z.infer<typeof Skip>;

/** How an entry ended. `completed` has no reason; the others always have one. */
export type EntryEnd =
  { status: 'completed' } | { status: 'exited' | 'cancelled'; reason: Reason; detail: string };
