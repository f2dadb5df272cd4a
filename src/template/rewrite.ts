import { faultAt } from './faults';
import {
  ASSIGN,
  OUT,
  calledHelper,
  checkArguments,
  controlBlockCall,
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
import { parseTemplate } from './parse';
import {
  START,
  TEXT,
  afterTag,
  afterText,
  finish,
  join,
  modeAt,
  type Position,
  type Spot,
} from './positions';
import { noLoad } from './scan';

/**
 * Parses a template and rewrites its tree so that every tag is written by `OUT`, in the mode of the place where
 * it stands, and calls only what is ours. Throws TemplateFault for a template that cannot work.
 */
export function buildTree(text: string, place: Position, load = noLoad()): hbs.AST.Program {
  const program = parseTemplate(text, load);
  const [first, second] = withoutComments(program);
  if (isValue(place) && first?.type === 'MustacheStatement' && second === undefined) {
    return { ...program, body: [rewriteTag(first as hbs.AST.MustacheStatement, 'whole')] };
  }
  const [rewritten, end] = rewrite(program, START[place]);
  finish(end, { start: program.loc?.end ?? { line: 1, column: 0 } });
  return rewritten;
}

/** Places where a template is the whole of a value, which is left out when it resolves to nothing (G2). */
function isValue(place: Position): boolean {
  return place === 'form' || place === 'parameter';
}

function withoutComments(program: hbs.AST.Program): hbs.AST.Statement[] {
  return program.body.filter((item) => item.type !== 'CommentStatement');
}

function rewrite(program: hbs.AST.Program, start: Spot): [hbs.AST.Program, Spot] {
  const items = withoutComments(program);
  let spot = start;
  const body = items.map((item, index) => {
    const [statement, end] = rewriteStatement(item, spot, contentOf(items[index + 1]));
    spot = end;
    return statement;
  });
  return [{ ...program, body }, spot];
}

function contentOf(item: hbs.AST.Statement | undefined): string | undefined {
  return item?.type === 'ContentStatement' ? (item as hbs.AST.ContentStatement).value : undefined;
}

function rewriteStatement(
  item: hbs.AST.Statement,
  spot: Spot,
  following?: string,
): [hbs.AST.Statement, Spot] {
  switch (item.type) {
    case 'ContentStatement':
      return [item, afterText(spot, contentOf(item)!, item.loc)];
    case 'MustacheStatement': {
      const mode = modeAt(spot, following, item.loc);
      return [rewriteTag(item as hbs.AST.MustacheStatement, mode), afterTag(spot)];
    }
    case 'BlockStatement':
      return rewriteBlock(item as hbs.AST.BlockStatement, spot, following);
    default:
      throw faultAt(
        item.loc,
        'Partials and decorators ({{> …}}, {{* …}}) cannot be used. Write their text here.',
      );
  }
}

/** Space around a tag was taken away by the parser; a flag left in the tree would do it again. */
const KEEP_SPACE: hbs.AST.StripFlags = { open: false, close: false };

function rewriteTag(tag: hbs.AST.MustacheStatement, mode: Mode): hbs.AST.MustacheStatement {
  const { loc } = tag;
  const params = [literal(mode, loc), valueOfTag(tag)];
  return { ...tag, path: nameOf(OUT, loc), params, hash: undefined!, strip: KEEP_SPACE };
}

function rewriteBlock(
  block: hbs.AST.BlockStatement,
  spot: Spot,
  following?: string,
): [hbs.AST.BlockStatement, Spot] {
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
    return [{ ...head, path: nameOf(ASSIGN, block.loc), program }, spot];
  }
  if (helper.block === 'text') {
    if (block.inverse) throw faultAt(block.loc, `{{#${name}}} takes no {{else}}.`);
    const mode = literal(modeAt(spot, following, block.loc), block.loc);
    const [program] = rewrite(block.program, TEXT);
    const path = nameOf(textBlockCall(name), block.loc);
    return [{ ...head, path, params: [mode, ...head.params], program }, afterTag(spot)];
  }
  const [program, mainEnd] = rewritePart(block.program, spot);
  const [inverse, otherEnd] = rewritePart(block.inverse, spot);
  const path = nameOf(controlBlockCall(name), block.loc);
  return [
    { ...head, path, program: program!, inverse: inverse! },
    join(spot, [mainEnd, otherEnd], block.loc),
  ];
}

/** A part that is not there leaves things as they are. */
function rewritePart(part: hbs.AST.Program | undefined, spot: Spot): [hbs.AST.Program | undefined, Spot] {
  return part ? rewrite(part, spot) : [undefined, spot];
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
  if (names.length > limit) throw faultAt(block.loc, `{{#${name}}} has ${limit} names to give to as |…|.`);
  const unfit = names.find((given) => !isFreeName(given));
  if (unfit !== undefined) {
    throw faultAt(block.loc, `as |${unfit}| cannot be used. Choose a plain name that no helper has.`);
  }
}

function checkAssign(block: hbs.AST.BlockStatement): void {
  const [name] = block.params;
  if (block.inverse) throw faultAt(block.loc, '{{#assign}} takes no {{else}}.');
  if (name?.type === 'StringLiteral' && isFreeName((name as hbs.AST.StringLiteral).value)) return;
  throw faultAt(
    block.loc,
    '{{#assign "name"}} takes a plain name in quotes that no helper has, and {{name}} gives it back.',
  );
}

function isFreeName(name: string): boolean {
  return /^[A-Za-z_$][\w$-]*$/.test(name) && !helperNamed(name);
}
