import { areTooMany, MOST_PATTERNS } from '../domain/pattern';
import { faultAt } from './faults';
import type { Load } from './scan';

/** The helper whose last value is a pattern. */
const MATCHES = 'ifMatchesRegexStr';

/** Throws TemplateFault if a tree has too many patterns, or too large ones, together with those counted in `load`. */
export function limitPatterns(program: hbs.AST.Program | undefined, load: Load): void {
  for (const item of program?.body ?? []) {
    if (item.type !== 'BlockStatement') continue;
    const block = item as hbs.AST.BlockStatement;
    if (areTooMany(patternsOf(block), load)) {
      throw faultAt(
        block.loc,
        `Templates can have at most ${MOST_PATTERNS} patterns, and fewer if they are long or repeat much.`,
      );
    }
    limitPatterns(block.program, load);
    limitPatterns(block.inverse, load);
  }
}

function patternsOf({ path, params }: hbs.AST.BlockStatement): string[] {
  const pattern = params.at(-1);
  const isOne = (path as hbs.AST.PathExpression).original === MATCHES && pattern?.type === 'StringLiteral';
  return isOne ? [(pattern as hbs.AST.StringLiteral).value] : [];
}
