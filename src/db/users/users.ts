import { isDeepStrictEqual } from 'node:util';
import { eq, sql } from 'drizzle-orm';
import { ApiError } from '../../domain/errors';
import { type Identity, mergeProfile, type Profile, refuseLarge } from '../../domain/users/profile';
import type { EntryTrigger } from '../../domain/journeys/entry-source';
import type { Database } from '../connection/client';
import { type EnqueueDeps, type EnqueuingDatabase, transact } from '../enqueue';
import { lockOrCreateUser, isUser, lockUser, type Names, type UserRow } from './lock';
import { decidingNames } from './names';
import { checkFields, type CheckedFields } from './profile-fields';
import { users } from '../schema';
import { PROFILE_KEY } from '../../domain/journeys/watch';
import { startMatchingJourneys } from '../entries/start';
import { noticeChange } from '../waits/notice-change';
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
  /** False drops fields that no user has had yet. */
  createNewFields: boolean;
  /** Fields and their values, null for none. With others, nothing is changed. */
  expected?: Profile;
}

/** The result of an update. */
export interface Updated extends CheckedFields {
  user: UserRow;
}

/**
 * Creates or updates the user of one or both identifiers, who may gain the one that was missing. The row is
 * locked while the profile is merged, so that updates at the same time lose nothing.
 * Throws `EmailAlreadyExists` or `UserIdAlreadyExists` when the identifiers belong to different users,
 * `RequestFieldsTypesMismatched` when a field's first use gave it another type, `ProfileTooLarge`, and `Stale` when a
 * field has not the value that is expected.
 */
export function updateUser(deps: EnqueueDeps, update: UserUpdate): Promise<Updated> {
  return transact(deps, (tx) => updateLockedUser(tx, update));
}

/** The same within a transaction, which locks the user's row; `change` is applied to the merged profile. */
export async function updateLockedUser(
  tx: EnqueuingDatabase,
  update: UserUpdate,
  change: (profile: Profile) => Profile = (profile) => profile,
): Promise<Updated> {
  const { user: before, created } = await lockOrCreateUser(tx, update);
  refuseUnexpected(before.dataFields, update.expected ?? {});
  const checked = await checkFields(tx, update.dataFields, update.createNewFields);
  const { fields } = checked;
  const dataFields = change(mergeProfile(before.dataFields, fields, update.mergeNestedObjects));
  refuseLarge(dataFields, before.dataFields);
  const [user] = await tx
    .update(users)
    .set({
      email: before.email ?? update.email,
      userId: before.userId ?? update.userId,
      dataFields,
      updatedAt: sql`now()`,
    })
    .where(eq(users.id, before.id))
    .returning();
  const occurrences: EntryTrigger[] = [
    { kind: 'profileUpdate', fields: Object.keys(fields), before: before.dataFields },
  ];
  if (created) occurrences.push({ kind: 'newUser' });
  if (created) await publishParticipant(tx, 'participant.created', before.id);
  else await publishProfileChanges(tx, before, user!);
  await startMatchingJourneys(tx, user!, occurrences, fields);
  return { user: user!, ...checked };
}

function refuseUnexpected(fields: Profile, expected: Profile): void {
  const now = (name: string) => (Object.hasOwn(fields, name) ? fields[name] : null);
  const changed = Object.keys(expected).filter((name) => !isDeepStrictEqual(now(name), expected[name]));
  if (changed.length === 0) return;
  throw new ApiError(
    'Stale',
    `Something else was written meanwhile to ${changed.join(', ')}. Look at what it is now (params), then send the update again with that as “expected”.`,
    { fields: Object.fromEntries(changed.map((name) => [name, now(name)])) },
  );
}

/**
 * Publishes how a user has changed, whose row the transaction has locked: identifiers, fields, tags; and ends waits and
 * entries that this ends. An update that changes nothing is not published (B155).
 */
export async function publishProfileChanges(
  tx: EnqueuingDatabase,
  before: UserRow,
  after: UserRow,
): Promise<void> {
  const names = ['email', 'userId'] as const;
  const gained = names.filter((name) => before[name] !== after[name]);
  const [old, now] = [before.dataFields, after.dataFields];
  const changed = Object.keys({ ...old, ...now }).filter((name) => !isDeepStrictEqual(old[name], now[name]));
  const tagsGone = before.tags.every((tag) => after.tags.includes(tag)) ? [] : ['tags'];
  const changedFields = [...new Set([...gained, ...changed, ...tagsGone])];
  const tagsAdded = after.tags.filter((tag) => !before.tags.includes(tag));
  if (changedFields.length > 0) {
    await publishParticipant(tx, 'participant.profileUpdated', after.id, { changedFields });
  }
  if (tagsAdded.length > 0) await publishParticipant(tx, 'participant.tagsAdded', after.id, { tagsAdded });
  if (changedFields.length > 0 || tagsAdded.length > 0) await noticeChange(tx, after, [PROFILE_KEY]);
}

/**
 * Changes a user's email, or sets their first one. False when there is no such user. Throws `EmailAlreadyExists` when
 * another user has the email.
 */
export async function changeEmail(deps: EnqueueDeps, names: Names, email: string): Promise<boolean> {
  try {
    return await transact(deps, async (tx) => {
      const before = await lockUser(tx, await decidingNames(tx, names));
      if (before === undefined) return false;
      const [after] = await tx
        .update(users)
        .set({ email, updatedAt: sql`now()` })
        .where(eq(users.id, before.id))
        .returning();
      await publishProfileChanges(tx, before, after!);
      return true;
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new ApiError(
      'EmailAlreadyExists',
      'Another user has this email. Choose another, or merge the two users.',
    );
  }
}

/** Whether a statement failed because another row has the same unique value. */
function isDuplicate(error: unknown): boolean {
  return (error as { cause?: { code?: unknown } }).cause?.code === '23505';
}
