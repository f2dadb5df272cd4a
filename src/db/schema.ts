import {
  bigint,
  boolean,
  customType,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import type { AttemptOutcome, DeliveryStatus } from '../domain/webhooks/delivery';
import type { EntryStatus, Reason, Skip } from '../domain/entry';
import type { EventType } from '../domain/webhooks/event-webhook';
import type { ConsentAction } from '../domain/webhooks/inline-webhook';
import type { JobState } from '../domain/job';
import type { JourneyDefinition, JourneyStatus } from '../domain/journeys/journey';
import type { NotificationKind } from '../domain/notification';
import type { Plan } from '../domain/journeys/plan';
import type { ProfileFieldType } from '../domain/users/profile';
import type { StoredWebhook } from '../domain/webhooks/webhook';

/* The columns of migrations/*.sql as types; a test compares the two. */

const bytea = customType<{ data: Buffer; driverData: Buffer | Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value),
});
const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const fields = (name: string) => json(name).$type<Record<string, unknown>>();

/** The ids of the secrets of inline webhooks, by their tiles. */
export type TileSecrets = Record<string, string>;

export const apiKeys = pgTable('api_keys', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name').notNull(),
  keyHash: bytea('key_hash').notNull(),
  scopes: text('scopes').array().notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  revokedAt: time('revoked_at'),
});

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    apiKeyId: integer('api_key_id').notNull(),
    route: text('route').notNull(),
    key: text('key').notNull(),
    bodyHash: bytea('body_hash').notNull(),
    response: fields('response').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.apiKeyId, table.route, table.key] })],
);

export const users = pgTable('users', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  email: text('email'),
  userId: text('user_id'),
  dataFields: fields('data_fields').notNull().default({}),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
  tags: text('tags').array().notNull().default([]),
});

export const profileFields = pgTable('profile_fields', {
  name: text('name').primaryKey(),
  type: text('type').$type<ProfileFieldType>().notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
});

export const secrets = pgTable('secrets', {
  id: text('id').primaryKey(),
  sealed: bytea('sealed').notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  replacedBy: text('replaced_by'),
});

export const signingSecrets = pgTable('signing_secrets', {
  secretId: text('secret_id').primaryKey(),
  webhookId: integer('webhook_id'),
  createdAt: time('created_at').notNull().defaultNow(),
  expiresAt: time('expires_at'),
  eventWebhookId: integer('event_webhook_id'),
});

export const eventWebhooks = pgTable('event_webhooks', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name').notNull(),
  targetUrl: text('target_url').notNull(),
  eventTypes: text('event_types').array().$type<EventType[]>().notNull(),
  enabled: boolean('enabled').notNull(),
  sendSecretKey: boolean('send_secret_key').notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
  deletedAt: time('deleted_at'),
});

export const publishedEvents = pgTable('published_events', {
  id: text('id').primaryKey(),
  type: text('type').$type<EventType>().notNull(),
  userId: bigint('user_id', { mode: 'number' }),
  data: fields('data').notNull(),
  createdAt: time('created_at').notNull(),
});

export const webhooks = pgTable('webhooks', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name').notNull(),
  definition: json('definition').$type<StoredWebhook>().notNull(),
  secretId: text('secret_id'),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
  deletedAt: time('deleted_at'),
});

export const oauthTokens = pgTable('oauth_tokens', {
  secretId: text('secret_id').primaryKey(),
  version: integer('version').notNull().default(0),
  sealed: bytea('sealed'),
  fetchedAt: time('fetched_at'),
  expiresIn: integer('expires_in'),
  leaseOwner: text('lease_owner'),
  leaseUntil: time('lease_until'),
  failedAt: time('failed_at'),
  failure: text('failure'),
});

export const journeys = pgTable('journeys', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name').notNull(),
  definition: json('definition').$type<JourneyDefinition>().notNull(),
  status: text('status').$type<JourneyStatus>().notNull().default('draft'),
  publishedVersion: integer('published_version'),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
  secrets: json('secrets').$type<TileSecrets>().notNull().default({}),
  entryKey: text('entry_key'),
  lifetimeLimit: integer('lifetime_limit'),
  simultaneousLimit: integer('simultaneous_limit'),
  suppressionListIds: integer('suppression_list_ids').array().notNull().default([]),
});

export const journeyVersions = pgTable(
  'journey_versions',
  {
    journeyId: integer('journey_id').notNull(),
    version: integer('version').notNull(),
    definition: json('definition').$type<JourneyDefinition>().notNull(),
    plan: json('plan').$type<Plan>().notNull(),
    publishedAt: time('published_at').notNull().defaultNow(),
    secrets: json('secrets').$type<TileSecrets>().notNull().default({}),
  },
  (table) => [primaryKey({ columns: [table.journeyId, table.version] })],
);

export const webhookUses = pgTable(
  'webhook_uses',
  {
    journeyId: integer('journey_id').notNull(),
    version: integer('version').notNull(),
    tileId: text('tile_id').notNull(),
    tileType: text('tile_type').notNull(),
    webhookId: bigint('webhook_id', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.journeyId, table.version, table.tileId] })],
);

export const entries = pgTable('entries', {
  id: text('id').primaryKey(),
  journeyId: integer('journey_id').notNull(),
  version: integer('version').notNull(),
  /** Null once the user was erased. */
  userId: bigint('user_id', { mode: 'number' }),
  status: text('status').$type<EntryStatus>().notNull(),
  tileId: text('tile_id'),
  reason: text('reason').$type<Reason>(),
  detail: text('detail'),
  exitNote: text('exit_note'),
  triggerData: fields('trigger_data').notNull().default({}),
  liveData: fields('live_data'),
  workflowId: text('workflow_id').notNull(),
  firstRunId: text('first_run_id'),
  acceptedAt: time('accepted_at').notNull().defaultNow(),
  startedAt: time('started_at'),
  endedAt: time('ended_at'),
});

export const handOffs = pgTable(
  'hand_offs',
  {
    entryId: text('entry_id').notNull(),
    tileId: text('tile_id').notNull(),
    visit: integer('visit').notNull(),
    journeyId: integer('journey_id').notNull(),
    chain: text('chain').notNull(),
    sentTo: text('sent_to'),
    skipped: text('skipped').$type<Skip>(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.entryId, table.tileId, table.visit] })],
);

export const pastEntries = pgTable(
  'past_entries',
  {
    userId: bigint('user_id', { mode: 'number' }).notNull(),
    journeyId: integer('journey_id').notNull(),
    count: integer('count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.journeyId] })],
);

export const events = pgTable('events', {
  id: text('id').primaryKey(),
  externalId: text('external_id'),
  userId: bigint('user_id', { mode: 'number' }).notNull(),
  kind: text('kind').$type<EventKind>().notNull(),
  name: text('name').notNull(),
  dataFields: fields('data_fields').notNull().default({}),
  campaignId: integer('campaign_id'),
  templateId: integer('template_id'),
  createdAt: time('created_at').notNull(),
  recordedAt: time('recorded_at').notNull().defaultNow(),
});

/** As Iterable calls them. */
export type EventKind = 'customEvent' | 'purchase' | 'cartUpdate';

export const lists = pgTable('lists', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name').notNull(),
  description: text('description').notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
});

export const listUsers = pgTable(
  'list_users',
  {
    listId: integer('list_id').notNull(),
    userId: bigint('user_id', { mode: 'number' }).notNull(),
    subscribedAt: time('subscribed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.listId, table.userId] })],
);

export const userConsents = pgTable(
  'user_consents',
  {
    userId: bigint('user_id', { mode: 'number' }).notNull(),
    category: text('category').notNull(),
    action: text('action').$type<ConsentAction>().notNull(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.category] })],
);

export const outbox = pgTable(
  'outbox',
  {
    kind: text('kind').$type<'entry' | 'event' | 'exit' | 'job'>().notNull(),
    ref: text('ref').notNull(),
    nextAt: time('next_at').notNull(),
    jobId: text('job_id'),
  },
  (table) => [primaryKey({ columns: [table.kind, table.ref] })],
);

export const jobs = pgTable('jobs', {
  id: text('id').primaryKey(),
  kind: text('kind').notNull(),
  subject: text('subject'),
  state: text('state').$type<JobState>().notNull().default('queued'),
  parameters: fields('parameters').notNull(),
  cursor: json('cursor'),
  total: bigint('total', { mode: 'number' }),
  done: bigint('done', { mode: 'number' }).notNull().default(0),
  refusedCount: bigint('refused_count', { mode: 'number' }).notNull().default(0),
  failures: integer('failures').notNull().default(0),
  reason: text('reason'),
  createdAt: time('created_at').notNull().defaultNow(),
  startedAt: time('started_at'),
  endedAt: time('ended_at'),
});

export const jobRefusals = pgTable(
  'job_refusals',
  {
    jobId: text('job_id').notNull(),
    ordinal: bigint('ordinal', { mode: 'number' }).notNull(),
    userId: bigint('user_id', { mode: 'number' }),
    ref: text('ref'),
    reason: text('reason').notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.ordinal] })],
);

export const imports = pgTable('imports', {
  id: text('id').primaryKey(),
  touchedAt: time('touched_at').notNull().defaultNow(),
});

export const importChunks = pgTable(
  'import_chunks',
  {
    importId: text('import_id').notNull(),
    position: bigint('position', { mode: 'number' }).notNull(),
    bytes: bytea('bytes').notNull(),
  },
  (table) => [primaryKey({ columns: [table.importId, table.position] })],
);

export const deliveries = pgTable('deliveries', {
  id: text('id').primaryKey(),
  entryId: text('entry_id'),
  eventId: text('event_id'),
  journeyId: integer('journey_id'),
  tileId: text('tile_id'),
  visit: integer('visit'),
  webhookId: integer('webhook_id'),
  generation: integer('generation').notNull().default(1),
  status: text('status').$type<DeliveryStatus>().notNull(),
  reason: text('reason').$type<Reason>(),
  detail: text('detail'),
  request: bytea('request'),
  createdAt: time('created_at').notNull(),
  endedAt: time('ended_at'),
  eventWebhookId: integer('event_webhook_id'),
});

export const attempts = pgTable(
  'attempts',
  {
    deliveryId: text('delivery_id').notNull(),
    generation: integer('generation').notNull(),
    number: integer('number').notNull(),
    startedAt: time('started_at').notNull(),
    durationMs: integer('duration_ms'),
    status: integer('status'),
    outcome: text('outcome').$type<AttemptOutcome>(),
    reason: text('reason').$type<Reason>(),
    detail: text('detail'),
    nextAttemptAt: time('next_attempt_at'),
    responseHeaders: json('response_headers').$type<Record<string, string>>(),
    responseBody: text('response_body'),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.generation, table.number] })],
);

export const notifications = pgTable('notifications', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  kind: text('kind').$type<NotificationKind>().notNull(),
  subject: text('subject').notNull(),
  webhookId: integer('webhook_id'),
  journeyId: integer('journey_id'),
  tileId: text('tile_id'),
  lastEntryId: text('last_entry_id'),
  lastDeliveryId: text('last_delivery_id'),
  detail: text('detail'),
  count: integer('count').notNull().default(1),
  read: boolean('read').notNull().default(false),
  createdAt: time('created_at').notNull(),
  updatedAt: time('updated_at').notNull(),
  sinceRead: integer('since_read').notNull().default(1),
});

export const inboxRequests = pgTable('inbox_requests', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  inbox: text('inbox').notNull(),
  method: text('method').notNull(),
  url: text('url').notNull(),
  headers: json('headers').$type<Record<string, string>>().notNull(),
  body: bytea('body').notNull(),
  receivedAt: time('received_at').notNull().defaultNow(),
});

export const keyValues = pgTable('key_values', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
});
