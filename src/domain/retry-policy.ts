/* Limits of a delivery that workflow code also needs. Workflow code is bundled and replayed: this file imports nothing. */

/** The fixed wait between two requests of a delivery (B015). */
export const RETRY_INTERVAL_MS = 180_000;

/** The default number of retries after the first request of a delivery (B015, C1). */
export const DEFAULT_MAX_RETRIES = 3;

/** Fresh tokens that one tile visit may request after a 401 (B067). */
export const MAX_TOKEN_REFRESHES = 3;
