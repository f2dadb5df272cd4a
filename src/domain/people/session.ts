/** How long a session lasts without a request. */
export const IDLE_HOURS = 12;

/** How long a session lasts in any case. */
export const SESSION_DAYS = 30;

/** How long a one-time link works. */
export const LINK_DAYS = 3;

/** Wrong passwords of one account, or from one address, after which it is locked. */
export const MOST_TRIES = 10;

/** How long wrong passwords count, and how long the lock lasts. */
export const LOCK_MINUTES = 15;
