import type { Profile } from '../domain/users/profile';

/** Everything a webhook is rendered from. */
export interface RenderContext {
  profile: Profile;
  /** What started the entry, frozen with it. */
  triggerData: Record<string, unknown>;
  /** What Live Data tiles fetched, by the name of the tile; the latest comes last. */
  liveData?: Record<string, unknown>;
  email: string | null;
  userId: string | null;
  workflowId: number;
  /** Milliseconds since the epoch: when the delivery is rendered, by the clock that templates read. */
  now: number;
  /** The project's key for the HMAC helpers. */
  hmacKey: string;
}

/** The profile's fields, with the user's email and user id among them: authors expect them there. */
export function profileOf({ profile, email, userId }: RenderContext): Profile {
  return { ...profile, ...(email === null ? {} : { email }), ...(userId === null ? {} : { userId }) };
}

/**
 * What templates read (spec.md, section 4): trigger data over profile fields (B085, B100), and reserved names, which data
 * cannot shadow. It has no prototype, so that a field called `constructor` is a field like any other.
 */
export function scopeOf(context: RenderContext): object {
  const profile = profileOf(context);
  const own = {
    profile,
    dataFields: context.triggerData,
    liveData: liveDataOf(context.liveData),
    email: context.email ?? undefined,
    userId: context.userId ?? undefined,
    workflowId: context.workflowId,
    now: context.now,
  };
  return Object.assign(Object.create(null), profile, context.triggerData, own) as object;
}

/** Values can be read by the tile's name, and those of the latest tile without it; a tile's name takes precedence. */
function liveDataOf(liveData: RenderContext['liveData']): object | undefined {
  if (liveData === undefined) return undefined;
  return { ...(Object.values(liveData).at(-1) as object | undefined), ...liveData };
}
