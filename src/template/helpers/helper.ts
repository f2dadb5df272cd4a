import { RenderFault } from '../faults';

/** What a helper is called with besides its positional values. */
export interface HelperCall {
  /** Its named values, `{{helper x name=value}}`. */
  named: Record<string, unknown>;
  /** Milliseconds since the epoch: the moment of the delivery, not of the machine. */
  now: number;
  hmacKey: string;
  /** Call it before building a text that may be much longer than the values. Throws RenderFault if it is too long. */
  reserve: (length: number) => void;
  compare: Compare;
}

/** Call it before each comparison with an item of a list. Throws RenderFault when the run has made too many. */
export type Compare = () => void;

/** The two parts of a block, each rendered as often as the helper calls it. */
export interface Block {
  /** What `this` means outside the block. */
  context: unknown;
  /** Renders the part before `{{else}}`; `locals` are its `@` names, `params` its `as |…|` names. */
  main(context: unknown, locals?: Locals, params?: unknown[]): string;
  otherwise(): string;
  compare: Compare;
}
export type Locals = Partial<Record<'index' | 'key' | 'first' | 'last', unknown>>;
export type ControlBlock = (values: unknown[], block: Block, named: Record<string, unknown>) => string;

/** The constant values of a call; undefined for those that are not constant. */
export interface Constants {
  values: unknown[];
  named: Record<string, unknown>;
  asBlock: boolean;
}

export interface Helper {
  /** The least and most values it takes. One that takes none can be called as `{{name}}`. */
  takes: readonly [number, number];
  /** Names of the named values it takes. */
  named?: readonly string[];
  /** What is wrong with constants that can never work, for the author of the template. */
  check?: (constants: Constants) => string | undefined;
  /** Inline, `{{name a b}}` and `(name a b)`. Throws RenderFault where the values cannot be used. */
  value?: (values: unknown[], call: HelperCall) => unknown;
  /**
   * As a block, `{{#name}}…{{/name}}`. With `text`, the inside is plain text and the first argument of `value`, whose
   * result replaces the block. With `assign`, the inside becomes the value of a name. A function decides which parts
   * are rendered, in the context of the block.
   */
  block?: 'text' | 'assign' | ControlBlock;
  /** How many `as |…|` names its block gives. */
  blockParams?: number;
}

/** Fails the rendering. `why` must not contain user data. */
export function unusable(name: string, why: string): never {
  throw new RenderFault('render', `“${name}” cannot work: ${why}`);
}
