import { isDeepStrictEqual } from 'node:util';
import { eq, sql } from 'drizzle-orm';
import { ApiError } from '../../domain/errors';
import { type Identity, mergeProfile, type Profile } from '../../domain/users/profile';
import type { EntryTrigger } from '../../domain/journeys/entry-source';
import type { Database } from '../connection/client';
import { lockOrCreateUser, isUser, type UserRow } from './lock';
import type { OutboxItem, EventDeliveryItem } from '../outbox';
import { checkFields, type CheckedFields } from './profile-fields';
import { users } from '../schema';
import { startMatchingJourneys } from '../entries/start';
import { publishParticipant } from '../event-webhooks/publish';

export async function findUser(db: Database, identity: Identity): Promise<UserRow | undefined> {
  const [row] = await db.select().from(users).where(isUser(identity));
  return row;
}

export interface UserUpdate {
  email?: string;
  userId?: string;
  dataFields: Profile;
  mergeNestedObjects: boolean;
  /** False leaves out fields that no user has had yet. */
  createNewFields: boolean;
}

/** What an update came to. */
export interface Updated extends CheckedFields {
  user: UserRow;
  /** The entries that it began. */
  items: OutboxItem[];
}

/**
 * Creates or updates the user of one or both identifiers, who may gain the one that was missing. The row is
 * locked while the profile is merged, so that updates at the same time lose nothing.
 * Throws `EmailAlreadyExists` or `UserIdAlreadyExists` when the identifiers belong to different users, and
 * `RequestFieldsTypesMismatched` when a field's first use gave it another type.
 */
export async function updateUser(db: Database, update: UserUpdate): Promise<Updated> {
  return db.transaction((tx) => updateLockedUser(tx, update));
}

/** The same within a transaction, which holds the user's row from then on; `change` has the last word on the profile. */
export async function updateLockedUser(
  tx: Database,
  update: UserUpdate,
  change: (profile: Profile) => Profile = (profile) => profile,
): Promise<Updated> {
  const { user: before, created } = await lockOrCreateUser(tx, update);
  const checked = await checkFields(tx, update.dataFields, update.createNewFields);
  const { fields } = checked;
  const [user] = await tx
    .update(users)
    .set({
      email: before.email ?? update.email,
      userId: before.userId ?? update.userId,
      dataFields: change(mergeProfile(before.dataFields, fields, update.mergeNestedObjects)),
      updatedAt: sql`now()`,
    })
    .where(eq(users.id, before.id))
    .returning();
  const occurrences: EntryTrigger[] = [{ kind: 'profileUpdate', fields: Object.keys(fields) }];
  if (created) occurrences.push({ kind: 'newUser' });
  const published = created
    ? await publishParticipant(tx, 'participant.created', before.id)
    : await publishProfileChanges(tx, before, user!);
  return {
    user: user!,
    items: [...published, ...(await startMatchingJourneys(tx, user!, occurrences, fields))],
    ...checked,
  };
}

/**
 * Tells event webhooks how a user has changed, whose row the transaction holds: names, fields, tags. Of an update that
 * changes nothing, nothing is told (B155).
 */
export async function publishProfileChanges(
  tx: Database,
  before: UserRow,
  after: UserRow,
): Promise<EventDeliveryItem[]> {
  const names = ['email', 'userId'] as const;
  const gained = names.filter((name) => before[name] !== after[name]);
  const [old, now] = [before.dataFields, after.dataFields];
  const changed = Object.keys({ ...old, ...now }).filter((name) => !isDeepStrictEqual(old[name], now[name]));
  const tagsGone = before.tags.every((tag) => after.tags.includes(tag)) ? [] : ['tags'];
  const changedFields = [...new Set([...gained, ...changed, ...tagsGone])];
  const tagsAdded = after.tags.filter((tag) => !before.tags.includes(tag));
  const tell = (type: 'profileUpdated' | 'tagsAdded', what: Record<string, string[]>) =>
    Object.values(what)[0]!.length === 0 ? [] : publishParticipant(tx, `participant.${type}`, after.id, what);
  return [...(await tell('profileUpdated', { changedFields })), ...(await tell('tagsAdded', { tagsAdded }))];
}

/**
 * Gives a user another email, or a first one. Returns what event webhooks have to be sent, or undefined when there is
 * no such user. Throws `EmailAlreadyExists` when another user has it.
 */
export async function changeEmail(
  db: Database,
  identity: Identity,
  email: string,
): Promise<EventDeliveryItem[] | undefined> {
  try {
    return await db.transaction(async (tx) => {
      const [before] = await tx.select().from(users).where(isUser(identity)).for('update');
      if (before === undefined) return undefined;
      const [after] = await tx
        .update(users)
        .set({ email, updatedAt: sql`now()` })
        .where(eq(users.id, before.id))
        .returning();
      return publishProfileChanges(tx, before, after!);
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new ApiError(
      'EmailAlreadyExists',
      'Another user has this email. Choose another, or merge the two users.',
    );
  }
}

/** Whether a statement was refused for a value that another row has. */
function isDuplicate(error: unknown): boolean {
  return (error as { cause?: { code?: unknown } }).cause?.code === '23505';
}
