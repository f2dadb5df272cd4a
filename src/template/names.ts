import type { Locals } from './helpers/helper';
import type { Run } from './run';
import { memberOf } from './values';

/** What names refer to at one point of a rendering. */
export interface Frame {
  readonly run: Run;
  readonly root: object;
  /** `this`, and the outer contexts that `../` refers to. */
  readonly scope: Level<unknown>;
  /** The `@` names. */
  readonly locals: Level<Locals>;
  /** The values of the `as |…|` names. */
  readonly params?: Level<unknown[]>;
  /** The values that `#assign` has set so far. */
  readonly assigned: Map<string, unknown>;
}

/** A value of a block, and the same of the blocks around it. */
interface Level<Value> {
  value: Value;
  outer?: Level<Value>;
}

/** The `as |…|` names of the enclosing blocks, innermost first. */
export type Names = readonly (readonly string[])[];

export type Value = (frame: Frame) => unknown;

export function startFrame(run: Run, root: object): Frame {
  return { run, root, scope: { value: root }, locals: { value: {} }, assigned: new Map() };
}

/** The frame inside a block. A block that does not change `this` adds no level of `../`. */
export function enterBlock(frame: Frame, context: unknown, locals?: Locals, params?: unknown[]): Frame {
  const { run, root, assigned } = frame;
  return {
    run,
    root,
    assigned,
    scope: context === frame.scope.value ? frame.scope : { value: context, outer: frame.scope },
    locals: locals ? { value: locals, outer: frame.locals } : frame.locals,
    params: params ? { value: params, outer: frame.params } : frame.params,
  };
}

/** Resolves a path of at most one part, as `rewritePath` produces it. It can reach only data. */
export function compilePath(path: hbs.AST.PathExpression, names: Names): Value {
  const { depth, parts } = path;
  const [name] = parts;
  if (path.data) return name === 'root' ? ({ root }) => root : local(depth, name as keyof Locals);
  if (name === undefined) return ({ scope }) => levelsUp(scope, depth);
  // `this.name`, `./name` and `../name` are always fields, even if something else has the same name.
  if (depth > 0 || /^(?:\.|this\b)/.test(path.original)) {
    return ({ scope }) => memberOf(levelsUp(scope, depth), name);
  }
  return blockParam(name, names) ?? field(name);
}

function local(depth: number, name: keyof Locals): Value {
  return ({ locals }) => levelsUp(locals, depth)?.[name];
}

function levelsUp<Found>(from: Level<Found> | undefined, levels: number): Found | undefined {
  for (let level = 0; level < levels; level += 1) from = from?.outer;
  return from?.value;
}

function blockParam(name: string, names: Names): Value | undefined {
  const levels = names.findIndex((given) => given.includes(name));
  if (levels < 0) return undefined;
  const index = names[levels]!.indexOf(name);
  return ({ params }) => levelsUp(params, levels)?.[index];
}

function field(name: string): Value {
  return ({ scope, assigned }) => (assigned.has(name) ? assigned.get(name) : memberOf(scope.value, name));
}
