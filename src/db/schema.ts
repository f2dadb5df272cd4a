import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import type { FieldChange } from '../domain/audit';
import type { Scope } from '../domain/api-key';
import { writeJson } from '../domain/lossless-json';
import type { AttemptOutcome, DeliveryStatus } from '../domain/webhooks/delivery';
import type { CallbackStatus } from '../domain/webhooks/callback';
import type { EntryStatus, Reason, Refusal, Skip } from '../domain/entry';
import type { EventType } from '../domain/webhooks/event-webhook';
import type { ConsentAction } from '../domain/webhooks/inline-webhook';
import type { JobAbout, JobState } from '../domain/job';
import type { JourneyDefinition, JourneyStatus } from '../domain/journeys/journey';
import type { NotificationKind } from '../domain/notification';
import type { Plan } from '../domain/journeys/plan';
import type { Role } from '../domain/people/person';
import type { ReentryRules } from '../domain/journeys/reentry';
import type { LedArm } from '../domain/journeys/arms';
import type { ProfileFieldType } from '../domain/users/profile';
import type { StoredWebhook } from '../domain/webhooks/webhook';

/* The columns of migrations/*.sql as types; a test compares the two. */

const bytea = customType<{ data: Buffer; driverData: Buffer | Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value),
});
const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
/** In place of drizzle's own, which rounds numbers. The connection has parsed what is read. */
const anyJson = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'json',
  toDriver: writeJson,
});
const json = <Data>(name: string) => anyJson(name).$type<Data>();
const fields = (name: string) => json<Record<string, unknown>>(name);
const eventOrder = (name: string) => bigint(name, { mode: 'number' }).default(sql`nextval('event_order')`);

/** The ids of the secrets of inline webhooks, by their tiles. */
export type TileSecrets = Record<string, string>;

export const apiKeys = pgTable('api_keys', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name').notNull(),
  keyHash: bytea('key_hash').notNull(),
  scopes: text('scopes').array().$type<Scope[]>().notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  revokedAt: time('revoked_at'),
});

export const auditLog = pgTable('audit_log', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: time('at').notNull().defaultNow(),
  actorType: text('actor_type').notNull(),
  actorId: integer('actor_id'),
  actorName: text('actor_name').notNull(),
  action: text('action').notNull(),
  targetId: text('target_id'),
  targetName: text('target_name'),
  changes: json('changes').$type<FieldChange[]>().notNull(),
  requestId: text('request_id'),
});

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** An API key by its id, or a person. */
    caller: text('caller').notNull(),
    route: text('route').notNull(),
    key: text('key').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    fingerprint: bytea('fingerprint').notNull(),
    status: integer('status'),
    answer: bytea('answer'),
    reservedBy: text('reserved_by'),
    reservedUntil: time('reserved_until'),
  },
  (table) => [primaryKey({ columns: [table.caller, table.route, table.key] })],
);

export const users = pgTable('users', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  email: text('email'),
  userId: text('user_id'),
  dataFields: fields('data_fields').notNull().default({}),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
  tags: text('tags').array().notNull().default([]),
  watched: text('watched').array().notNull().default([]),
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
  revision: integer('revision').notNull().default(1),
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
  definition: json<StoredWebhook>('definition').notNull(),
  secretId: text('secret_id'),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
  deletedAt: time('deleted_at'),
  revision: integer('revision').notNull().default(1),
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
  definition: json<JourneyDefinition>('definition').notNull(),
  status: text('status').$type<JourneyStatus>().notNull().default('draft'),
  publishedVersion: integer('published_version'),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
  secrets: json<TileSecrets>('secrets').notNull().default({}),
  entryKey: text('entry_key'),
  lifetimeLimit: integer('lifetime_limit'),
  simultaneousLimit: integer('simultaneous_limit'),
  suppressionListIds: integer('suppression_list_ids').array().notNull().default([]),
  revision: integer('revision').notNull().default(1),
  creator: text('creator'),
  exitKeys: text('exit_keys').array().notNull().default([]),
  reentry: json<ReentryRules>('reentry'),
  /** Whether the entry source of the published version has a condition. */
  conditional: boolean('conditional').notNull().default(false),
});

export const journeyVersions = pgTable(
  'journey_versions',
  {
    journeyId: integer('journey_id').notNull(),
    version: integer('version').notNull(),
    definition: json<JourneyDefinition>('definition').notNull(),
    plan: json<Plan>('plan').notNull(),
    publishedAt: time('published_at').notNull().defaultNow(),
    secrets: json<TileSecrets>('secrets').notNull().default({}),
    exitKeys: text('exit_keys').array().notNull().default([]),
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
  reentryKey: text('reentry_key').notNull().default(''),
  enteredSeq: eventOrder('entered_seq'),
  arrivedSeq: eventOrder('arrived_seq'),
  events: fields('events'),
  test: boolean('test').notNull().default(false),
  /** Since when it is at its tile. */
  reachedAt: time('reached_at'),
});

/** Visits of tiles at which users wait. */
export const waits = pgTable('waits', {
  id: text('id').primaryKey(),
  entryId: text('entry_id').notNull(),
  tileId: text('tile_id').notNull(),
  visit: integer('visit').notNull(),
  /** Of an open wait. */
  userId: bigint('user_id', { mode: 'number' }),
  keys: text('keys').array().notNull().default([]),
  arms: json<LedArm[]>('arms').notNull().default([]),
  name: text('name').notNull(),
  sinceSeq: bigint('since_seq', { mode: 'number' }).notNull(),
  openedAt: time('opened_at').notNull(),
  deadline: time('deadline').notNull(),
  judgedFrom: time('judged_from'),
  wokenAt: time('woken_at'),
  arm: integer('arm'),
  eventId: text('event_id'),
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

export const steps = pgTable(
  'steps',
  {
    entryId: text('entry_id').notNull(),
    tileId: text('tile_id').notNull(),
    visit: integer('visit').notNull(),
    journeyId: integer('journey_id').notNull(),
    version: integer('version').notNull(),
    at: time('at').notNull(),
    /** When a wait ends by itself. */
    until: time('until'),
    leftAt: time('left_at'),
    way: text('way'),
    why: text('why'),
    nextTile: text('next_tile'),
  },
  (table) => [primaryKey({ columns: [table.entryId, table.tileId, table.visit] })],
);

export const splitBranches = pgTable(
  'split_branches',
  {
    userId: bigint('user_id', { mode: 'number' }).notNull(),
    key: text('key').notNull(),
    branch: text('branch').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.key] })],
);

export const pastEntries = pgTable(
  'past_entries',
  {
    userId: bigint('user_id', { mode: 'number' }).notNull(),
    journeyId: integer('journey_id').notNull(),
    count: integer('count').notNull(),
    reentryKey: text('reentry_key').notNull().default(''),
    lastEnteredAt: time('last_entered_at'),
    lastEndedAt: time('last_ended_at'),
  },
  (table) => [primaryKey({ columns: [table.userId, table.journeyId, table.reentryKey] })],
);

export const entryRefusals = pgTable(
  'entry_refusals',
  {
    userId: bigint('user_id', { mode: 'number' }).notNull(),
    journeyId: integer('journey_id').notNull(),
    reason: text('reason').$type<Refusal>().notNull(),
    count: integer('count').notNull().default(1),
    firstAt: time('first_at').notNull().defaultNow(),
    at: time('at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.journeyId, table.reason] })],
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
  seq: eventOrder('seq'),
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

/** Work that a process hands to Temporal, or a job's next page. */
export type OutboxKind = 'entry' | 'event' | 'wake' | 'exit' | 'job';

export const outbox = pgTable(
  'outbox',
  {
    kind: text('kind').$type<OutboxKind>().notNull(),
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
  about: json<JobAbout>('about').notNull().default({}),
  cursor: json<unknown>('cursor'),
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
    responseHeaders: json<Record<string, string>>('response_headers'),
    responseBody: text('response_body'),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.generation, table.number] })],
);

export const callbacks = pgTable('callbacks', {
  id: text('id').primaryKey(),
  deliveryId: text('delivery_id').notNull(),
  entryId: text('entry_id').notNull(),
  tileId: text('tile_id').notNull(),
  tokenHash: bytea('token_hash').notNull(),
  dueAt: time('due_at'),
  calledAt: time('called_at'),
  status: text('status').$type<CallbackStatus>(),
  data: json<unknown>('data'),
  leftAt: time('left_at'),
});

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
  headers: json<Record<string, string>>('headers').notNull(),
  body: bytea('body').notNull(),
  receivedAt: time('received_at').notNull().defaultNow(),
});

export const people = pgTable('people', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  email: text('email').notNull(),
  name: text('name').notNull(),
  role: text('role').$type<Role>().notNull(),
  passwordHash: text('password_hash'),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
  signedInAt: time('signed_in_at'),
  oidcIssuer: text('oidc_issuer'),
  oidcSubject: text('oidc_subject'),
  revision: integer('revision').notNull().default(1),
});

export const invitations = pgTable('invitations', {
  codeHash: bytea('code_hash').primaryKey(),
  /** Null for the first administrator. */
  personId: integer('person_id'),
  expiresAt: time('expires_at').notNull(),
});

export const sessions = pgTable('sessions', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  tokenHash: bytea('token_hash').notNull(),
  personId: integer('person_id').notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  usedAt: time('used_at').notNull().defaultNow(),
  address: text('address').notNull(),
  userAgent: text('user_agent'),
});

export const signInTries = pgTable('sign_in_tries', {
  subject: bytea('subject').primaryKey(),
  count: integer('count').notNull(),
  until: time('until').notNull(),
});

export const keyValues = pgTable('key_values', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
});
