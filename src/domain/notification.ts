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

/** Only failures of a webhook raise a notification; exits by a user, a rule or an operator do not (B030, C12). */
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
  operator: null,
  user_deleted: null,
  response_too_large: 'webhook_failed',
  invalid_start: null,
};

/** The kind of notification for an exit with this reason; null when there is none. */
export function kindOfExit(reason: Reason): NotificationKind | null {
  return KINDS[reason];
}

/** What a notification is about; null for what does not apply. */
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

/** Says what happened and what to do: names that operators gave, no data of a user. */
export function notificationTextOf(happening: NotificationFacts): NotificationText {
  const { kind, webhookName, detail } = happening;
  const webhook = webhookName === null ? 'An inline webhook' : `Journey webhook “${webhookName}”`;
  const { title, todo } = TEXTS[kind];
  const text = [`${placeOf(happening)}${detail ?? ''}`.trim(), todo].filter((part) => part !== '').join(' ');
  return { level: LEVELS[kind], title: title(webhook), text };
}

/** Where it happened last: “Tile “crm” of journey “Win back”: ”. */
function placeOf({ tileId, journeyName }: NotificationFacts): string {
  return tileId === null || journeyName === null
    ? ''
    : `Last at tile “${tileId}” of journey “${journeyName}”: `;
}

const TEXTS: Record<NotificationKind, { title: (webhook: string) => string; todo: string }> = {
  webhook_failed: {
    title: (webhook) => `${webhook} has encountered errors, and users have exited.`,
    todo: 'Look at the last delivery, then fix the endpoint or the webhook.',
  },
  early_401: {
    title: (webhook) => `${webhook} was refused a token that had not expired.`,
    todo: 'A new token was requested. If this repeats, check whether the tokens are revoked early, or whether another program uses the same credentials.',
  },
  token_failed: {
    title: (webhook) => `${webhook} gets no access token, and users have exited.`,
    todo: 'Check the client id, the client secret and the token URL of its authentication.',
  },
  webhook_deleted: {
    title: (webhook) => `${webhook} was deleted, and users have exited at tiles that call it.`,
    todo: 'Choose another webhook for the tile and publish the journey, or unpublish it.',
  },
  rate_limit_unenforced: {
    title: () => 'Rate limits are not enforced.',
    todo: 'Change the settings of the Temporal server; until then journeys with a rate limit are not published.',
  },
};
