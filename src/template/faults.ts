/** A template that can never work, found when it is saved. Lines and columns count from 1. */
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
 * The message is for an operator and never holds a value from the user's data, nor a secret.
 */
export class RenderFault extends Error {
  /** The field that failed, once it is known: `['headers', 0, 'value']`. */
  path?: FieldPath;
  /** The templates took too long, or the machine did: the only fault that another try may not have. */
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

/** Where a parser saw something; its columns count from 0. */
export interface Location {
  start: { line: number; column: number };
}

export function faultAt(location: Location, message: string): TemplateFault {
  return new TemplateFault(message, location.start.line, location.start.column + 1);
}
