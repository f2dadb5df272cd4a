/** A template that can never render, rejected when it is saved. Lines and columns count from 1. */
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
  /** Rendering took too long, perhaps because the machine was busy: the only fault that a retry may fix. */
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

/** A position from the parser; its columns count from 0. */
export interface Location {
  start: { line: number; column: number };
}

export function faultAt(location: Location, message: string): TemplateFault {
  return new TemplateFault(message, location.start.line, location.start.column + 1);
}
