import type { EnqueuingDatabase } from '../../../db/enqueue';
import { type DecidedVisit, lockOpenEntry, type Standing } from '../../../db/entries/steps/decisions';
import { mergeLockedProfile } from '../../../db/entries/profile';
import { insertEvent } from '../../../db/events/events';
import { noticeEvent } from '../../../db/waits/notice-change';
import { writeMembership } from '../../../db/lists/memberships';
import type { UserRow } from '../../../db/users/lock';
import { mismatchedFields } from '../../../db/users/profile-fields';
import type { Decision } from '../../../domain/journeys/tiles/decisions';
import type { EffectTile } from '../../../domain/journeys/tiles/effect-tiles';
import { mergeProfile, type Profile, profileFault, sizeFault } from '../../../domain/users/profile';
import { RenderFault } from '../../../template/template';
import { renderValues } from '../../../webhook/values';

/** A transaction that has locked the rows of the user and of the entry. */
export interface Effects {
  tx: EnqueuingDatabase;
  user: UserRow;
  visit: DecidedVisit;
  hmacKey: string;
}

/** What a tile did; `failed` if it did nothing because of that. */
interface Done {
  why: string;
  failed?: true;
  dataFields?: Profile;
}

/**
 * Does what a tile says to the user, and returns the user as they are then. A tile that cannot do it changes nothing:
 * the user goes on by its failure way, or else as if it had.
 */
export async function effectOf(
  effects: Effects,
  tile: EffectTile,
  standing: Standing,
  at: number,
): Promise<{ decision: Decision & { closed: boolean }; standing: Standing }> {
  const { why, failed, dataFields = standing.dataFields } = await apply(effects, tile, standing, at);
  const onFailure = 'onFailure' in tile ? tile.onFailure : undefined;
  const decision = failed
    ? { way: 'failure', why, target: onFailure ?? tile.next }
    : { way: 'next', why, target: tile.next };
  // What the tile wrote may meet an exit rule, of this entry too.
  const isWatched = effects.user.watched.length > 0;
  const closed = isWatched && !(await lockOpenEntry(effects.tx, effects.visit));
  return { decision: { ...decision, closed }, standing: { ...standing, dataFields } };
}

async function apply(effects: Effects, tile: EffectTile, standing: Standing, at: number): Promise<Done> {
  const { tx, user, hmacKey } = effects;
  if (tile.type === 'updateList') {
    const change = tile.action === 'subscribe' ? 'listSubscribe' : 'listUnsubscribe';
    const changed = await writeMembership(tx, user, change, tile.listId);
    const was = tile.action === 'subscribe' ? 'on' : 'not on';
    return {
      why: changed ? `${tile.action}d: list ${tile.listId}` : `was ${was} list ${tile.listId} already`,
    };
  }
  const values = valuesOf(tile, { ...standing, now: at, hmacKey });
  if (values instanceof RenderFault) return { failed: true, why: values.message };
  if (tile.type === 'updateProfile') return updateProfile(effects, standing, values);
  const { eventName: name } = tile;
  const event = { kind: 'customEvent' as const, name, dataFields: values, createdAt: at };
  await noticeEvent(tx, user, event, await insertEvent(tx, user, event));
  return { why: `event ${name}` };
}

function valuesOf(
  tile: Exclude<EffectTile, { type: 'updateList' }>,
  context: Standing & { now: number; hmacKey: string },
): Profile | RenderFault {
  const values = tile.type === 'updateProfile' ? tile.fields : (tile.dataFields ?? {});
  const { journeyId: workflowId, dataFields: profile, liveData, events, callbacks } = context;
  const scope = {
    ...context,
    workflowId,
    profile,
    liveData: liveData ?? undefined,
    events: events ?? undefined,
    callbacks: callbacks ?? undefined,
  };
  try {
    return renderValues(values, scope);
  } catch (error) {
    if (error instanceof RenderFault) return error;
    throw error;
  }
}

async function updateProfile({ tx, user }: Effects, standing: Standing, fields: Profile): Promise<Done> {
  const before = { ...user, dataFields: standing.dataFields };
  const fault = profileFault(fields);
  if (fault !== undefined) return { failed: true, why: `What the tile writes ${fault}` };
  const large = sizeFault(mergeProfile(before.dataFields, fields, false), before.dataFields);
  if (large !== undefined) return { failed: true, why: `The user’s profile would have ${large}.` };
  const mismatched = await mismatchedFields(tx, fields);
  if (mismatched.length > 0) {
    return { failed: true, why: `These fields hold values of another type: ${mismatched.join(', ')}.` };
  }
  const { dataFields } = await mergeLockedProfile(tx, before, fields);
  return { why: `set ${Object.keys(fields).join(', ')}`, dataFields };
}
