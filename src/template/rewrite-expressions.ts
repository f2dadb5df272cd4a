import { faultAt, type Location } from './faults';
import type { Helper } from './helpers/helper';
import { HELPERS, helperNamed } from './helpers/table';

/**
 * Names of the functions that a rewritten template calls. No template can call or shadow them: every name that a
 * template calls is looked up in the table of helpers first, and `as |…|` accepts only plain names.
 */
export const OUT = ':out';
export const MEMBER = ':member';
export const ASSIGN = ':assign';
export const valueCall = (helper: string) => `:value ${helper}`;
export const textBlockCall = (helper: string) => `:text ${helper}`;
export const controlBlockCall = (helper: string) => `:block ${helper}`;

const LOCALS = ['root', 'index', 'key', 'first', 'last'];

/** What calls a helper or names a field: a tag, the head of a block, a subexpression in parentheses. */
export type Caller = { path: hbs.AST.PathExpression | hbs.AST.Literal } & Pick<
  hbs.AST.SubExpression,
  'params' | 'hash' | 'loc'
>;

/** The value of a tag: that of the helper it calls, or of a field, even if a helper has the same name. */
export function valueOfTag(tag: Caller): hbs.AST.Expression {
  const called = calledHelper(tag);
  const takesAny = tag.params.length > 0 || tag.hash !== undefined;
  if (called?.helper.value && (takesAny || called.helper.takes[0] === 0)) return callValue(tag, called);
  if (takesAny) throw noHelper(tag);
  return rewritePath(pathOf(tag));
}

/** The same where the value is written as JSON: there `toJson` gives the value, not a text of its JSON. */
export function jsonValueOfTag(tag: Caller): hbs.AST.Expression {
  const value = valueOfTag(tag);
  const { path, params } = value as Partial<hbs.AST.SubExpression>;
  const written = (path as hbs.AST.PathExpression | undefined)?.original;
  return value.type === 'SubExpression' && written === valueCall('toJson') ? params![0]! : value;
}

/** The same for a parameter of a helper. */
export function rewriteValue(value: hbs.AST.Expression): hbs.AST.Expression {
  if (value.type === 'PathExpression') return rewritePath(value as hbs.AST.PathExpression);
  if (value.type === 'NumberLiteral') refuseRounded(value as hbs.AST.NumberLiteral);
  if (value.type !== 'SubExpression') return value;
  const called = calledHelper(value as hbs.AST.SubExpression);
  if (!called?.helper.value) throw noHelper(value as hbs.AST.SubExpression);
  return callValue(value as hbs.AST.SubExpression, called);
}

/** Handlebars has read the number already, as JavaScript does. */
function refuseRounded({ value, loc }: hbs.AST.NumberLiteral): void {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return;
  throw faultAt(
    loc,
    'A number of this size would be rounded. Write it in quotes: it is compared as a number.',
  );
}

export function rewriteHash(hash: hbs.AST.Hash | undefined): hbs.AST.Hash | undefined {
  return hash && { ...hash, pairs: hash.pairs.map((pair) => ({ ...pair, value: rewriteValue(pair.value) })) };
}

/** The helper that a caller names. */
export function calledHelper({ path }: Caller): { name: string; helper: Helper } | undefined {
  // Only a path of one plain part can be the name of a helper.
  const name = path.type === 'PathExpression' ? (path as hbs.AST.PathExpression).original : '';
  const helper = helperNamed(name);
  return helper && { name, helper };
}

function writtenName({ path }: Caller): string {
  return String((path as Partial<hbs.AST.PathExpression>).original);
}

/** A caller's name for messages, cut to a readable length. */
export function quotedName(caller: Caller): string {
  return `“${writtenName(caller).slice(0, 80)}”`;
}

/**
 * Throws TemplateFault unless the helper accepts the number of its parameters, their names and the constants among
 * them. For a block of text, the text is the first parameter.
 */
export function checkArguments(caller: Caller, { name, helper }: Called, asBlock: boolean): void {
  const besides = asBlock && helper.block === 'text' ? 1 : 0;
  const [least, most] = helper.takes.map((count) => count - besides) as [number, number];
  const given = caller.params.length;
  if (given < least || given > most) {
    const range = least === most ? `${least}` : `${least} to ${most}`;
    throw faultAt(
      caller.loc,
      `“${name}” takes ${range} ${most === 1 ? 'value' : 'values'} here; ${given} given.`,
    );
  }
  const unknown = caller.hash?.pairs.find((pair) => !helper.named?.includes(pair.key));
  if (unknown) throw faultAt(unknown.loc, `“${name}” has no option “${unknown.key}=”.`);
  const pairs = caller.hash?.pairs.map(({ key, value }) => [key, constantOf(value)]) ?? [];
  const values = [...Array<undefined>(besides), ...caller.params.map(constantOf)];
  const fault = helper.check?.({ values, named: Object.fromEntries(pairs), asBlock });
  if (fault !== undefined) throw faultAt(caller.loc, `“${name}” cannot work: ${fault}`);
}

/** The value of a literal; undefined for a value that is known only during rendering. */
function constantOf(value: hbs.AST.Expression): unknown {
  return /^(String|Number|Boolean)Literal$/.test(value.type)
    ? (value as hbs.AST.StringLiteral).value
    : undefined;
}

export function literal(value: string, loc: hbs.AST.SourceLocation): hbs.AST.StringLiteral {
  return { type: 'StringLiteral', value, original: value, loc };
}

export function nameOf(name: string, loc: hbs.AST.SourceLocation): hbs.AST.PathExpression {
  return { type: 'PathExpression', data: false, depth: 0, parts: [name], original: name, loc };
}

type Called = { name: string; helper: Helper };

function callValue(caller: Caller, called: Called): hbs.AST.SubExpression {
  checkArguments(caller, called, false);
  return call(valueCall(called.name), caller.params.map(rewriteValue), caller.loc, rewriteHash(caller.hash));
}

function call(
  name: string,
  params: hbs.AST.Expression[],
  loc: hbs.AST.SourceLocation,
  hash?: hbs.AST.Hash,
): hbs.AST.SubExpression {
  return { type: 'SubExpression', path: nameOf(name, loc), params, hash: hash!, loc };
}

function noHelper(caller: Caller) {
  const names = Object.keys(HELPERS)
    .filter((name) => helperNamed(name)?.value)
    .join(', ');
  return faultAt(
    caller.loc,
    `There is no helper ${quotedName(caller)}. Helpers that can be called here: ${names}.`,
  );
}

/** `{{"First Name"}}` and `{{12}}` name fields. */
function pathOf(tag: Caller): hbs.AST.PathExpression {
  const { path } = tag;
  return path.type === 'PathExpression'
    ? (path as hbs.AST.PathExpression)
    : nameOf(writtenName(tag), tag.loc);
}

/** The first part, where `this`, `../` and `as |…|` matter, becomes a path; the other parts become member lookups. */
function rewritePath(path: hbs.AST.PathExpression): hbs.AST.Expression {
  const [first, ...steps] = path.parts;
  if (path.data && !LOCALS.includes(first ?? '')) {
    throw faultAt(
      path.loc as Location,
      `There is no “${path.original.slice(0, 80)}”. Names with @: ${LOCALS.join(', ')}.`,
    );
  }
  if (steps.length === 0) return path;
  return call(
    MEMBER,
    [{ ...path, parts: [first!] } as hbs.AST.PathExpression, ...steps.map((step) => literal(step, path.loc))],
    path.loc,
  );
}
