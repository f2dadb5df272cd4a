/** SQLSTATE classes and codes that say the server is away, full or going down; the statement is not at fault. */
const AWAY_STATES = /^(08...|53...|57P0[1-5]|58030)$/;

const AWAY_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** The driver gives these no code. */
const AWAY_MESSAGES =
  /connection terminated|connection timeout|timeout exceeded when trying to connect|query read timeout|cannot use a pool after|PGlite is clos/i;

/** Whether a failed statement means that the database is away, so that the same call may succeed later. */
export function isOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  if (typeof code === 'string' && (AWAY_SYSTEM_CODES.has(code) || AWAY_STATES.test(code))) return true;
  return (typeof message === 'string' && AWAY_MESSAGES.test(message)) || isOutage(cause);
}
