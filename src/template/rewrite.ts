import { faultAt } from './faults';
import {
  ASSIGN,
  OUT,
  calledHelper,
  checkArguments,
  controlBlockCall,
  jsonValueOfTag,
  literal,
  nameOf,
  quotedName,
  rewriteHash,
  rewriteValue,
  textBlockCall,
  valueOfTag,
} from './rewrite-expressions';
import type { Helper } from './helpers/helper';
import { helperNamed } from './helpers/table';
import type { Mode } from './outputs';
import { limitPatterns } from './constant-patterns';
import { parseTemplate } from './parse';
import {
  START,
  TEXT,
  afterTag,
  afterText,
  finish,
  join,
  modeAt,
  type TemplateKind,
  type EscapeContext,
} from './escape-context';
import { noLoad } from './scan';

/**
 * Parses a template and rewrites its tree so that every tag is written by `OUT`, in the mode of its place, and calls
 * only Wayhook's own functions. Throws TemplateFault for a template that can never render.
 */
export function buildTree(text: string, kind: TemplateKind, load = noLoad()): hbs.AST.Program {
  const program = parseTemplate(text, load);
  limitPatterns(program, load);
  const [first, second] = withoutComments(program);
  if (isValue(kind) && first?.type === 'MustacheStatement' && second === undefined) {
    return { ...program, body: [rewriteTag(first as hbs.AST.MustacheStatement, 'whole')] };
  }
  const [rewritten, end] = rewrite(program, START[kind]);
  finish(end, { start: program.loc?.end ?? { line: 1, column: 0 } });
  return rewritten;
}

/** Kinds of templates that are a whole value, which is left out when it resolves to nothing (G2). */
function isValue(kind: TemplateKind): boolean {
  return kind === 'form' || kind === 'parameter';
}

function withoutComments(program: hbs.AST.Program): hbs.AST.Statement[] {
  return program.body.filter((item) => item.type !== 'CommentStatement');
}

function rewrite(program: hbs.AST.Program, start: EscapeContext): [hbs.AST.Program, EscapeContext] {
  const items = withoutComments(program);
  let context = start;
  const body = items.map((item, index) => {
    const [statement, end] = rewriteStatement(item, context, contentOf(items[index + 1]));
    context = end;
    return statement;
  });
  return [{ ...program, body }, context];
}

function contentOf(item: hbs.AST.Statement | undefined): string | undefined {
  return item?.type === 'ContentStatement' ? (item as hbs.AST.ContentStatement).value : undefined;
}

function rewriteStatement(
  item: hbs.AST.Statement,
  context: EscapeContext,
  following?: string,
): [hbs.AST.Statement, EscapeContext] {
  switch (item.type) {
    case 'ContentStatement':
      return [item, afterText(context, contentOf(item)!, item.loc)];
    case 'MustacheStatement': {
      const mode = modeAt(context, following, item.loc);
      return [rewriteTag(item as hbs.AST.MustacheStatement, mode), afterTag(context)];
    }
    case 'BlockStatement':
      return rewriteBlock(item as hbs.AST.BlockStatement, context, following);
    default:
      throw faultAt(
        item.loc,
        'Partials and decorators ({{> …}}, {{* …}}) are not supported. Write their text here.',
      );
  }
}

/** The parser already removed the space around a tag; a flag left in the tree would do so again. */
const KEEP_SPACE: hbs.AST.StripFlags = { open: false, close: false };

function rewriteTag(tag: hbs.AST.MustacheStatement, mode: Mode): hbs.AST.MustacheStatement {
  const { loc } = tag;
  const isJson = mode === 'json' || mode === 'jsonMember';
  const params = [literal(mode, loc), isJson ? jsonValueOfTag(tag) : valueOfTag(tag)];
  return { ...tag, path: nameOf(OUT, loc), params, hash: undefined!, strip: KEEP_SPACE };
}

function rewriteBlock(
  block: hbs.AST.BlockStatement,
  context: EscapeContext,
  following?: string,
): [hbs.AST.BlockStatement, EscapeContext] {
  const { name, helper } = blockHelper(block);
  const head = {
    ...block,
    params: block.params.map(rewriteValue),
    hash: rewriteHash(block.hash)!,
    openStrip: KEEP_SPACE,
    inverseStrip: KEEP_SPACE,
    closeStrip: KEEP_SPACE,
  };
  if (helper.block === 'assign') {
    checkAssign(block);
    const [program] = rewrite(block.program, TEXT);
    return [{ ...head, path: nameOf(ASSIGN, block.loc), program }, context];
  }
  if (helper.block === 'text') {
    if (block.inverse) throw faultAt(block.loc, `{{#${name}}} cannot have an {{else}}.`);
    const mode = literal(modeAt(context, following, block.loc), block.loc);
    const [program] = rewrite(block.program, TEXT);
    const path = nameOf(textBlockCall(name), block.loc);
    return [{ ...head, path, params: [mode, ...head.params], program }, afterTag(context)];
  }
  const [program, mainEnd] = rewritePart(block.program, context);
  const [inverse, otherEnd] = rewritePart(block.inverse, context);
  const path = nameOf(controlBlockCall(name), block.loc);
  return [
    { ...head, path, program: program!, inverse: inverse! },
    join(context, [mainEnd, otherEnd], block.loc),
  ];
}

/** A missing part leaves the context unchanged. */
function rewritePart(
  part: hbs.AST.Program | undefined,
  context: EscapeContext,
): [hbs.AST.Program | undefined, EscapeContext] {
  return part ? rewrite(part, context) : [undefined, context];
}

function blockHelper(block: hbs.AST.BlockStatement): { name: string; helper: Helper } {
  const called = calledHelper(block);
  if (!called?.helper.block) {
    throw faultAt(
      block.loc,
      `There is no block helper ${quotedName(block)}. For a part that depends on a field write {{#if field}}, for each item of a list {{#each field}}.`,
    );
  }
  checkArguments(block, called, true);
  checkBlockParams(block, called);
  return called;
}

function checkBlockParams(
  block: hbs.AST.BlockStatement,
  { name, helper }: { name: string; helper: Helper },
): void {
  const names = [block.program, block.inverse].flatMap((program) => program?.blockParams ?? []);
  const limit = helper.blockParams ?? 0;
  if (names.length > limit)
    throw faultAt(block.loc, `{{#${name}}} accepts at most ${limit} names in as |…|.`);
  const unfit = names.find((given) => !isFreeName(given));
  if (unfit !== undefined) {
    throw faultAt(block.loc, `as |${unfit}| cannot be used. Choose a plain name that no helper has.`);
  }
}

function checkAssign(block: hbs.AST.BlockStatement): void {
  const [name] = block.params;
  if (block.inverse) throw faultAt(block.loc, '{{#assign}} cannot have an {{else}}.');
  if (name?.type === 'StringLiteral' && isFreeName((name as hbs.AST.StringLiteral).value)) return;
  throw faultAt(
    block.loc,
    '{{#assign "name"}} needs a plain name in quotes that no helper has. {{name}} then gives the assigned text.',
  );
}

function isFreeName(name: string): boolean {
  return /^[A-Za-z_$][\w$-]*$/.test(name) && !helperNamed(name);
}
