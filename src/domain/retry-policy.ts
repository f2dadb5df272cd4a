/* Limits of a delivery that workflow code needs too. That code is bundled and replayed: this file imports nothing. */

/** The fixed wait between two requests of a delivery (B015). */
export const RETRY_INTERVAL_MS = 180_000;

/** Retries after the first request of a delivery, unless the settings say otherwise (B015, C1). */
export const DEFAULT_MAX_RETRIES = 3;

/** Fresh tokens that one tile visit may request after a 401 (B067). */
export const MAX_TOKEN_REFRESHES = 3;
