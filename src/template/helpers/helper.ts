import { RenderFault } from '../faults';

/** What a helper is called with besides its values. */
export interface HelperCall {
  /** Its named values, `{{helper x name=value}}`. */
  named: Record<string, unknown>;
  /** Milliseconds since the epoch: the moment of the delivery, not of the machine. */
  now: number;
  hmacKey: string;
  /** To be called before a text is made that may be much longer than the values. Throws RenderFault if it is too long. */
  reserve: (length: number) => void;
}

/** The two parts of a block, each rendered as often as the helper likes. */
export interface Block {
  /** What `this` means around the block. */
  context: unknown;
  /** Renders the part before `{{else}}`; `locals` are its `@` names, `params` its `as |…|` names. */
  main(context: unknown, locals?: Locals, params?: unknown[]): string;
  otherwise(): string;
}
export type Locals = Partial<Record<'index' | 'key' | 'first' | 'last', unknown>>;
export type ControlBlock = (values: unknown[], block: Block, named: Record<string, unknown>) => string;

/** What of a call is constant; undefined stands for what is not. */
export interface Constants {
  values: unknown[];
  named: Record<string, unknown>;
  asBlock: boolean;
}

export interface Helper {
  /** How many values it takes, from and to. One that takes none may stand alone, as `{{name}}`. */
  takes: readonly [number, number];
  /** Names of the named values it takes. */
  named?: readonly string[];
  /** What is wrong with constants that can never work, for the person who saves the template. */
  check?: (constants: Constants) => string | undefined;
  /** Inline, `{{name a b}}` and `(name a b)`. Throws RenderFault where the values cannot be used. */
  value?: (values: unknown[], call: HelperCall) => unknown;
  /**
   * As a block, `{{#name}}…{{/name}}`. With `text` the inside is plain text and becomes the first value of
   * `value`, whose result stands where the block stood. With `assign` it becomes what a name stands for. A
   * function decides which parts are rendered, in the very place where the block stands.
   */
  block?: 'text' | 'assign' | ControlBlock;
  /** How many `as |…|` names its block gives. */
  blockParams?: number;
}

/** Fails the rendering. `why` names no value of the data. */
export function unusable(name: string, why: string): never {
  throw new RenderFault('render', `“${name}” cannot work: ${why}`);
}
