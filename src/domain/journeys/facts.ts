/** The most events of one name that conditions look at: the newest. */
export const MOST_EVENTS = 1_000;

/** Something that a user did. */
export interface PastEvent {
  /** When it happened, in ms since the epoch. */
  at: number;
  /** What conditions read of it as `event`. */
  dataFields: Record<string, unknown>;
}

/** What conditions ask about a user besides the roots. It has what `needsOf` these conditions said, no more. */
export interface Facts {
  /** Milliseconds since the epoch. Dates such as "-7 days" are relative to it. */
  now: number;
  isMember(listId: number): boolean;
  /** Newest first, at least those of the time that was needed. */
  events(name: string): readonly PastEvent[];
}

/** The facts where no condition asks for lists or events. */
export function factsAt(now: number): Facts {
  return { now, isMember: () => false, events: () => [] };
}
