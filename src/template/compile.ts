import { ASSIGN, MEMBER, OUT, controlBlockCall, textBlockCall, valueCall } from './rewrite-expressions';
import type { Block, ControlBlock, Helper } from './helpers/helper';
import { HELPERS } from './helpers/table';
import { compilePath, enterBlock, startFrame, type Frame, type Names, type Value } from './names';
import { OUTPUTS, type Mode } from './outputs';
import { compare, finish, reserve, spend, type Run } from './run';
import { memberOf } from './values';

/** A rewritten tree as a function. Throws RenderFault when a limit of the run is reached or a value does not fit its place. */
export type Renderer = (scope: object, run: Run) => string;

type Text = (frame: Frame) => string;
type Named = Record<string, unknown>;
type Callable = (given: unknown[], named: Named, run: Run) => unknown;

/** The functions that a rewritten tree can call, under names that no template can contain. */
const VALUES = new Map<string, Callable>();
const TEXT_BLOCKS = new Map<string, Callable>();
const CONTROL_BLOCKS = new Map<string, ControlBlock>();
for (const [name, { value, block }] of Object.entries(HELPERS)) {
  if (value) VALUES.set(valueCall(name), callOf(value));
  if (value && block === 'text') TEXT_BLOCKS.set(textBlockCall(name), callOf(value));
  if (typeof block === 'function') CONTROL_BLOCKS.set(controlBlockCall(name), block);
}

/**
 * Compiles a tree that `buildTree` made. It composes functions and generates no code: the tree is read once, and a
 * template can reach only what its tree names.
 */
export function compileTree(program: hbs.AST.Program): Renderer {
  const text = compileProgram(program, []);
  return (scope, run) => {
    reserve(run, 0);
    return finish(run, text(startFrame(run, scope)));
  };
}

function compileProgram(program: hbs.AST.Program | undefined, around: Names): Text {
  const own = program?.blockParams ?? [];
  const names = own.length === 0 ? around : [own, ...around];
  const parts = program?.body.map((statement) => compileStatement(statement, names)) ?? [];
  return (frame) => {
    let text = '';
    for (const part of parts) text += part(frame);
    return text;
  };
}

function compileStatement(statement: hbs.AST.Statement, names: Names): Text {
  if (statement.type === 'ContentStatement') {
    const { value } = statement as hbs.AST.ContentStatement;
    return () => value;
  }
  if (statement.type === 'BlockStatement') return compileBlock(statement as hbs.AST.BlockStatement, names);
  const tag = statement as hbs.AST.MustacheStatement;
  if (nameOf(tag) !== OUT) throw unknown(tag);
  const [mode, value] = tag.params;
  const write = OUTPUTS[(mode as hbs.AST.StringLiteral).value as Mode];
  const read = compileValue(value!, names);
  return (frame) => spend(frame.run, write(read(frame)));
}

function compileBlock(block: hbs.AST.BlockStatement, names: Names): Text {
  const name = nameOf(block);
  if (name === ASSIGN) return compileAssign(block, names);
  const text = TEXT_BLOCKS.get(name);
  if (text) return compileTextBlock(block, text, names);
  const control = CONTROL_BLOCKS.get(name);
  if (!control) throw unknown(block);
  const main = compileProgram(block.program, names);
  const otherwise = compileProgram(block.inverse, names);
  const given = block.params.map((param) => compileValue(param, names));
  const named = compileHash(block.hash, names);
  // Only a block with `as |…|` opens a new scope of such names.
  const gives = (block.program?.blockParams?.length ?? 0) > 0;
  return (frame) =>
    control(
      given.map((read) => read(frame)),
      blockOf(frame, main, otherwise, gives),
      named(frame),
    );
}

/** From here on, the name refers to the text inside the block. */
function compileAssign(block: hbs.AST.BlockStatement, names: Names): Text {
  const { value: name } = block.params[0] as hbs.AST.StringLiteral;
  const inside = compileProgram(block.program, names);
  return (frame) => {
    frame.assigned.set(name, spend(frame.run, inside(frame)));
    return '';
  };
}

/** The block's text is the helper's first value; the result is written in the mode of the block's place. */
function compileTextBlock(block: hbs.AST.BlockStatement, call: Callable, names: Names): Text {
  const [mode, ...params] = block.params;
  const write = OUTPUTS[(mode as hbs.AST.StringLiteral).value as Mode];
  const inside = compileProgram(block.program, names);
  const given = params.map((param) => compileValue(param, names));
  const named = compileHash(block.hash, names);
  return (frame) => {
    const values = [spend(frame.run, inside(frame)), ...given.map((read) => read(frame))];
    return spend(frame.run, write(call(values, named(frame), frame.run)));
  };
}

function compileValue(value: hbs.AST.Expression, names: Names): Value {
  if (value.type === 'PathExpression') return compilePath(value as hbs.AST.PathExpression, names);
  if (value.type === 'SubExpression') return compileCall(value as hbs.AST.SubExpression, names);
  const constant = constantOf(value);
  return () => constant;
}

function constantOf(literal: hbs.AST.Expression): unknown {
  if (literal.type === 'NullLiteral') return null;
  return literal.type === 'UndefinedLiteral' ? undefined : (literal as hbs.AST.StringLiteral).value;
}

function compileCall(expression: hbs.AST.SubExpression, names: Names): Value {
  const name = nameOf(expression);
  const given = expression.params.map((param) => compileValue(param, names));
  if (name === MEMBER) {
    const [start, ...steps] = given as [Value, ...Value[]];
    return (frame) => steps.reduce((found, step) => memberOf(found, step(frame) as string), start(frame));
  }
  const call = VALUES.get(name);
  if (!call) throw unknown(expression);
  const named = compileHash(expression.hash, names);
  return (frame) =>
    call(
      given.map((read) => read(frame)),
      named(frame),
      frame.run,
    );
}

function compileHash(hash: hbs.AST.Hash | undefined, names: Names): (frame: Frame) => Named {
  const pairs = hash?.pairs.map(({ key, value }) => [key, compileValue(value, names)] as const) ?? [];
  return (frame) => Object.fromEntries(pairs.map(([key, read]) => [key, read(frame)]));
}

function nameOf({ path }: Pick<hbs.AST.BlockStatement, 'path'> | hbs.AST.MustacheStatement): string {
  return (path as hbs.AST.PathExpression).original;
}

function callOf(value: NonNullable<Helper['value']>): Callable {
  return (given, named, run) => {
    const { now, hmacKey } = run;
    const result = value(given, {
      named,
      now,
      hmacKey,
      reserve: (length) => reserve(run, length),
      compare: () => compare(run),
    });
    spend(run, typeof result === 'string' ? result : '');
    return result;
  };
}

function blockOf(frame: Frame, main: Text, otherwise: Text, gives: boolean): Block {
  const { run } = frame;
  return {
    context: frame.scope.value,
    main(context, locals, params) {
      spend(run, '');
      return spend(run, main(enterBlock(frame, context, locals, gives ? params : undefined)));
    },
    otherwise: () => spend(run, otherwise(frame)),
    compare: () => compare(run),
  };
}

/** For a tree that `buildTree` did not make. */
function unknown(caller: Pick<hbs.AST.BlockStatement, 'path'> | hbs.AST.MustacheStatement): Error {
  return new Error(`The rewritten tree calls “${nameOf(caller)}”, which does not exist.`);
}
