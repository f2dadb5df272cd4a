/** A template that can never work, whatever the data; found when it is saved. Lines and columns count from 1. */
export class TemplateFault extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
    options?: ErrorOptions,
  ) {
    super(`${message} (line ${line}, column ${column})`, options);
    this.name = 'TemplateFault';
  }
}

/**
 * A webhook that cannot be rendered for this user: nothing is sent and the user exits (B149, B026).
 * The message is for an operator and never contains user data or a secret.
 */
export class RenderFault extends Error {
  /** The field that failed, once it is known: `['headers', 0, 'value']`. */
  path?: FieldPath;
  /** The time limit was reached, perhaps because the machine is slow: the only fault that a retry may get past. */
  readonly timedOut: boolean;

  constructor(
    readonly reason: 'render' | 'invalid_url',
    message: string,
    { timedOut = false, ...options }: ErrorOptions & { timedOut?: boolean } = {},
  ) {
    super(message, options);
    this.name = 'RenderFault';
    this.timedOut = timedOut;
  }
}

/** A webhook's field, or a tile's: `['parameters', 'campaign']`. */
export type FieldPath = (string | number)[];

/** A location as the parser reports it: lines count from 1, columns from 0. */
export interface Location {
  start: { line: number; column: number };
}

export function faultAt(location: Location, message: string): TemplateFault {
  return new TemplateFault(message, location.start.line, location.start.column + 1);
}
