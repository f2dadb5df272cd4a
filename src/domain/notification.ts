import { z } from 'zod';
import type { Reason } from './entry';

export const NotificationKind = z.enum([
  'webhook_failed',
  'early_401',
  'token_failed',
  'webhook_deleted',
  'rate_limit_unenforced',
]);
export type NotificationKind = z.infer<typeof NotificationKind>;

export const NotificationLevel = z.enum(['error', 'warning', 'info', 'success']);
export type NotificationLevel = z.infer<typeof NotificationLevel>;

const LEVELS: Record<NotificationKind, NotificationLevel> = {
  webhook_failed: 'error',
  early_401: 'warning',
  token_failed: 'error',
  webhook_deleted: 'error',
  rate_limit_unenforced: 'warning',
};

/** How bad a kind is: more is worse. One of a newer version counts as a warning. */
export function rankOfKind(kind: string): number {
  const level = Object.hasOwn(LEVELS, kind) ? LEVELS[kind as NotificationKind] : 'warning';
  return { error: 3, warning: 2, info: 1, success: 0 }[level];
}

/** Only failures of webhooks create notifications; exits caused by a user, a rule or an operator do not (B030, C12). */
const KINDS: Record<Reason, NotificationKind | null> = {
  http_status: 'webhook_failed',
  timeout: 'webhook_failed',
  network: 'webhook_failed',
  tls: 'webhook_failed',
  invalid_url: 'webhook_failed',
  blocked_address: 'webhook_failed',
  token: 'token_failed',
  unauthorized: 'webhook_failed',
  not_json: 'webhook_failed',
  render: 'webhook_failed',
  webhook_deleted: 'webhook_deleted',
  consent: null,
  exit_rule: null,
  callback: null,
  operator: null,
  user_deleted: null,
  response_too_large: 'webhook_failed',
  superseded: null,
  invalid_start: null,
};

/** The kind of notification for an exit with this reason; null if it creates none. */
export function kindOfExit(reason: Reason): NotificationKind | null {
  return KINDS[reason];
}

/** What a notification is about; null where it is about nothing in particular. */
export interface NotificationFacts {
  kind: NotificationKind;
  webhookName: string | null;
  journeyName: string | null;
  tileId: string | null;
  /** The last occurrence, as a sentence. */
  detail: string | null;
}

export interface NotificationText {
  level: NotificationLevel;
  title: string;
  text: string;
}

/** Says what happened and what to do. Contains names that operators chose, but no user data. */
export function notificationTextOf(facts: NotificationFacts): NotificationText {
  const { kind, webhookName, detail } = facts;
  const webhook = webhookName === null ? 'An inline webhook' : `Journey webhook “${webhookName}”`;
  const known = Object.hasOwn(TEXTS, kind);
  const { title, todo } = known ? TEXTS[kind] : OF_A_NEWER_VERSION;
  const text = [`${placeOf(facts)}${detail ?? ''}`.trim(), todo].filter((part) => part !== '').join(' ');
  return { level: known ? LEVELS[kind] : 'warning', title: title(webhook), text };
}

/** Where it last happened: `Last at tile “crm” of journey “Win back”: `. */
function placeOf({ tileId, journeyName }: NotificationFacts): string {
  return tileId === null || journeyName === null
    ? ''
    : `Last at tile “${tileId}” of journey “${journeyName}”: `;
}

const OF_A_NEWER_VERSION = {
  title: (webhook: string) => `${webhook} has a notification of a kind that this version does not know.`,
  todo: 'Upgrade Wayhook.',
};

const TEXTS: Record<NotificationKind, { title: (webhook: string) => string; todo: string }> = {
  webhook_failed: {
    title: (webhook) => `${webhook} has encountered errors, and users have exited.`,
    todo: 'Look at the last delivery, then fix the endpoint or the webhook.',
  },
  early_401: {
    title: (webhook) => `${webhook} refused a token that had not expired.`,
    todo: 'A fresh token was requested. If this repeats, check whether tokens are revoked early, or whether another program uses the same credentials.',
  },
  token_failed: {
    title: (webhook) => `${webhook} cannot get an access token, and users have exited.`,
    todo: 'Check the client id, the client secret and the token URL of its authentication.',
  },
  webhook_deleted: {
    title: (webhook) => `${webhook} was deleted, and users have exited at tiles that call it.`,
    todo: 'Choose another webhook for the tile and publish the journey, or unpublish it.',
  },
  rate_limit_unenforced: {
    title: () => 'Rate limits are not enforced.',
    todo: 'Change the settings of the Temporal server; until then, journeys with a rate limit cannot be published.',
  },
};
