/** What the background tasks need of a logger; pino's has it. */
export interface Log {
  info: (fields: object, message: string) => void;
  warn: (fields: object, message: string) => void;
}

/** The message at the bottom of an error: those above it say no more, or quote a failed statement's values. */
export function innermost(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}
