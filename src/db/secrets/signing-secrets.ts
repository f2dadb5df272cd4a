import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';
import { signingSecrets } from '../schema';
import type { Sealer } from './seal';
import { insertSecret } from './secrets';

/** Whose requests are signed. */
export type Signer = { webhookId: number } | { eventWebhookId: number };

/** A secret that signs a webhook's requests, until it expires (ms since the epoch); the latest does not. */
export interface SigningSecret {
  secret: string;
  expiresAt: number | null;
}

/** Those that sign at a time, in ms since the epoch. */
export function validSecrets(signing: SigningSecret[], now: number): string[] {
  const valid = signing.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  return valid.map(({ secret }) => secret);
}

/** Gives a webhook, its row locked, its latest signing secret. There must be none without an end. */
export async function insertSigningSecret(
  db: Database,
  sealer: Sealer,
  signer: Signer,
  secret: string,
): Promise<void> {
  const secretId = await insertSecret(db, sealer, secret);
  await db.insert(signingSecrets).values({ secretId, ...signer });
}

/** How many secrets sign a webhook's requests now. */
export async function countSigningSecrets(db: Database, signer: Signer): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`select count(*) as count from signing_secrets
        where ${isOf(signer)} and (expires_at is null or expires_at > now())`,
  );
  return row!.count;
}

/** From now on the webhook's latest secret has a day left. */
export async function retireSigningSecret(db: Database, signer: Signer): Promise<void> {
  await db
    .update(signingSecrets)
    .set({ expiresAt: sql`now() + interval '24 hours'` })
    .where(and(isOf(signer), isNull(signingSecrets.expiresAt)));
}

export async function deleteSigningSecrets(db: Database, signer: Signer): Promise<void> {
  await db.execute(
    sql`delete from secrets where id in (select secret_id from signing_secrets where ${isOf(signer)})`,
  );
}

function isOf(signer: Signer): SQL {
  return 'webhookId' in signer
    ? eq(signingSecrets.webhookId, signer.webhookId)
    : eq(signingSecrets.eventWebhookId, signer.eventWebhookId);
}

/** Deletes the secrets of all webhooks whose day is over. */
export async function deleteExpiredSigningSecrets(db: Database): Promise<void> {
  await db.execute(
    sql`delete from secrets where id in (select secret_id from signing_secrets where expires_at <= now())`,
  );
}

/** What a webhook is called with: the secret of its authentication, and those that sign, the latest first. */
export interface WebhookSecrets {
  /** Undefined when it has been replaced or deleted. */
  secret: string | undefined;
  signing: SigningSecret[];
}

/** Reads all secrets of a webhook in one go. */
export async function readWebhookSecrets(
  db: Database,
  sealer: Sealer,
  { id, secretId }: { id: number; secretId: string | null },
): Promise<WebhookSecrets> {
  const rows = await rowsOf<SealedRow & { signs: boolean }>(
    db,
    sql`
    select id, sealed, false as signs, null::timestamptz as expires_at from secrets where id = ${secretId}::text
    union all
    select id, sealed, true, expires_at from signing_secrets join secrets on id = secret_id
    where webhook_id = ${id}
    order by expires_at desc nulls first`,
  );
  const own = rows.find((row) => !row.signs);
  return {
    secret: own && sealer.open(own.id, Buffer.from(own.sealed)),
    signing: rows.filter((row) => row.signs).map((row) => opened(row, sealer)),
  };
}

/**
 * Those of an event webhook: its Secret Key first, then those before it. With `targetUrl`, none if it has another by
 * now: they may be for another host.
 */
export async function readSecretKeys(
  db: Database,
  sealer: Sealer,
  eventWebhookId: number,
  targetUrl?: string,
): Promise<SigningSecret[]> {
  const unmoved =
    targetUrl === undefined
      ? sql``
      : sql`and exists (select 1 from event_webhooks where id = ${eventWebhookId} and target_url = ${targetUrl})`;
  const rows = await rowsOf<SealedRow>(
    db,
    sql`
    select id, sealed, expires_at from signing_secrets join secrets on id = secret_id
    where event_webhook_id = ${eventWebhookId} ${unmoved}
    order by expires_at desc nulls first`,
  );
  return rows.map((row) => opened(row, sealer));
}

/** A Secret Key as `sealedKeysOf` reads it. */
export interface SealedKey {
  id: string;
  /** In hexadecimal digits. */
  sealed: string;
  expiresAt: string | null;
}

/** SQL: json of the Secret Keys of an event webhook, the latest first, as `readSecretKeys` has them. */
export function sealedKeysOf(eventWebhookId: SQL): SQL {
  return sql`(
        select coalesce(json_agg(json_build_object('id', id, 'sealed', encode(sealed, 'hex'), 'expiresAt', expires_at)
          order by expires_at desc nulls first), '[]')
        from signing_secrets join secrets on id = secret_id where event_webhook_id = ${eventWebhookId}
      )`;
}

export function openKey(sealer: Sealer, { id, sealed, expiresAt }: SealedKey): SigningSecret {
  return opened({ id, sealed: Buffer.from(sealed, 'hex'), expires_at: expiresAt }, sealer);
}

interface SealedRow {
  id: string;
  sealed: Uint8Array;
  expires_at: string | null;
}

function opened({ id, sealed, expires_at: end }: SealedRow, sealer: Sealer): SigningSecret {
  const secret = sealer.open(id, Buffer.from(sealed));
  return { secret, expiresAt: end === null ? null : new Date(end).getTime() };
}
