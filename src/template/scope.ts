import { liveDataRoot } from '../domain/journeys/roots';
import type { Profile } from '../domain/users/profile';

/** Everything a webhook is rendered from. */
export interface RenderContext {
  profile: Profile;
  /** The trigger data of the entry, frozen when it starts. */
  triggerData: Record<string, unknown>;
  /** The data fetched by Live Data tiles, by the tile's name, latest last. */
  liveData?: Record<string, unknown>;
  /** What ended the waits of the entry, by the tile's name or id. */
  events?: Record<string, unknown>;
  /** What endpoints sent when they called back, by the tile's id. */
  callbacks?: Record<string, unknown>;
  email: string | null;
  userId: string | null;
  workflowId: number;
  /** The time of the rendering in milliseconds since the epoch, as templates read it. */
  now: number;
  /** The project's key for the HMAC helpers. */
  hmacKey: string;
}

/** The profile's fields with email and userId, which template authors expect to be fields of it. */
export function profileOf({ profile, email, userId }: RenderContext): Profile {
  return { ...profile, ...(email === null ? {} : { email }), ...(userId === null ? {} : { userId }) };
}

/**
 * What templates read (docs/templates.md): trigger data over profile fields (B085, B100), and reserved names that data
 * cannot override. It has no prototype, so that a field called `constructor` is an ordinary field.
 */
export function scopeOf(context: RenderContext): object {
  const profile = profileOf(context);
  const own = {
    profile,
    dataFields: context.triggerData,
    liveData: context.liveData && liveDataRoot(context.liveData),
    email: context.email ?? undefined,
    userId: context.userId ?? undefined,
    workflowId: context.workflowId,
    now: context.now,
    // Without them, fields of these names stay readable: many profiles have events.
    ...(context.events && { events: context.events }),
    ...(context.callbacks && { callbacks: context.callbacks }),
  };
  return Object.assign(Object.create(null), profile, context.triggerData, own) as object;
}
