/* Limits of a delivery that workflow code also needs. Workflow code is bundled and replayed: this file imports nothing. */

/** The fixed wait between two requests of a delivery (B015). */
export const RETRY_INTERVAL_MS = 180_000;

/** The default number of retries after the first request of a delivery (B015, C1). */
export const DEFAULT_MAX_RETRIES = 3;

/** How often a running delivery sends a heartbeat: none if it takes less time than this. */
export const HEARTBEAT_EVERY_MS = 1_000;

/**
 * Without a heartbeat for this long, the worker is lost. Under ten seconds; and longer than a process may be frozen,
 * eight seconds, plus the second since its last heartbeat and half a second for the next one to arrive.
 */
export const HEARTBEAT_TIMEOUT_MS = 9_500;

/** Fresh tokens that one tile visit may request after a 401 (B067). */
export const MAX_TOKEN_REFRESHES = 3;
