import { isJsonContainer, readJson } from '../domain/lossless-json';
import { RenderFault, faultAt, type Location } from './faults';
import { findJsonFault, isTooDeep } from './json-text';
import { NOTHING } from './values';

/** In a longer text, finding the fault would take longer than the time limit of a rendering. */
const MAX_SEARCHED = 262_144;

/**
 * Parses the rendered text of a JSON body to an object, without the members that resolved to nothing (G8).
 * Throws a RenderFault that says where the text is not valid, but does not quote it.
 */
export function parseJsonBody(text: string): Record<string, unknown> {
  const value = parse(text);
  if (value === undefined) throw broken(text);
  if (!text.trimStart().startsWith('{')) {
    throw new RenderFault(
      'render',
      'The rendered JSON body is not an object. Write {"name": …} around the value.',
    );
  }
  if (text.includes(NOTHING)) leaveOut(value);
  return value as Record<string, unknown>;
}

/** Undefined for text that is not JSON, or is nested too deeply. */
function parse(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return readJson(text);
  } catch {
    // The error's message quotes the text around the fault, which may be user data.
    return undefined;
  }
}

function broken(text: string): RenderFault {
  const fault = text.length > MAX_SEARCHED ? undefined : findJsonFault(text);
  const { line, column } = positionIn(text, fault?.offset ?? 0);
  const where = fault
    ? ` is not valid JSON at line ${line}, column ${column}: expected ${fault.due}`
    : ' is not valid JSON';
  return new RenderFault(
    'render',
    `The rendered JSON body${where}. Preview the webhook with data of the same kind.`,
  );
}

/** A member that resolved to nothing is removed; an item of a list keeps its place. */
function leaveOut(value: unknown): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (item === NOTHING) value[index] = null;
      else leaveOut(item);
    }
  } else if (isJsonContainer(value)) {
    const members = value as Record<string, unknown>;
    for (const name of Object.keys(members)) {
      if (members[name] === NOTHING) delete members[name];
      else leaveOut(members[name]);
    }
  }
}

/** Lines and columns count from 1. */
function positionIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/**
 * Throws TemplateFault for a JSON body that is not an object for any data, by filling every tag with a sample.
 * A body with blocks is not checked, because its text depends on the data.
 */
export function checkJsonTree(program: hbs.AST.Program): void {
  const pieces: { start: number; item: hbs.AST.Statement }[] = [];
  let text = '';
  let begun = false;
  for (const item of program.body) {
    const sample = sampleOf(item, begun);
    if (sample === undefined) return;
    begun ||= sample.trim() !== '';
    pieces.push({ start: text.length, item });
    text += sample;
  }
  const fault = findJsonFault(text);
  if (!fault && text.trimStart().startsWith('{')) return;
  const piece = pieces.findLast(({ start }) => start <= (fault?.offset ?? 0));
  const location = piece ? locate(piece.item, (fault?.offset ?? 0) - piece.start) : program.loc;
  throw faultAt(
    location ?? { start: { line: 1, column: 0 } },
    fault
      ? `The JSON body is not valid here: expected ${fault.due}.`
      : 'A JSON body must be an object: {"name": …}.',
  );
}

/** `begun`: whether anything but space comes before. */
function sampleOf(item: hbs.AST.Statement, begun: boolean): string | undefined {
  if (item.type === 'ContentStatement') return (item as hbs.AST.ContentStatement).value;
  if (item.type !== 'MustacheStatement') return undefined;
  const [mode] = (item as hbs.AST.MustacheStatement).params as hbs.AST.StringLiteral[];
  if (mode!.value !== 'json' && mode!.value !== 'jsonMember') return 'x';
  return begun ? ' "x" ' : '{}';
}

/** The place in the template of the character at `offset` of an item, whose leading space may have been removed. */
function locate(item: hbs.AST.Statement, offset: number): Location {
  if (item.type !== 'ContentStatement') return item.loc;
  const { value, original } = item as hbs.AST.ContentStatement & { original: unknown };
  const lost = Math.max(0, String(original).lastIndexOf(value));
  const { line, column } = positionIn(String(original), lost + offset);
  const { start } = item.loc;
  return { start: { line: start.line + line - 1, column: (line === 1 ? start.column : 0) + column - 1 } };
}
