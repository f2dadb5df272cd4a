/** What background tasks need of a logger; pino's has it. */
export interface Log {
  info: (fields: object, message: string) => void;
  warn: (fields: object, message: string) => void;
}

/** Something that is tried again after a failure. */
export interface Retried {
  log: Log;
  /** What it does, as in "could not compare entries with Temporal; will retry". */
  what: string;
  /** Logged with each failure. */
  fields?: object;
}

/** Runs a task that something runs again later: a failure is logged, not thrown. Returns whether it succeeded. */
export async function tryTo(retried: Retried, task: () => Promise<void>): Promise<boolean> {
  try {
    await task();
    return true;
  } catch (error) {
    warnOfRetry(retried, error);
    return false;
  }
}

export function warnOfRetry({ log, what, fields }: Retried, error: unknown): void {
  log.warn({ ...fields, error: innermost(error) }, `could not ${what}; will retry`);
}

/** The message of an error's innermost cause: the outer ones add nothing, or quote a failed statement's values. */
export function innermost(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}
