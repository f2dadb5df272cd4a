import Handlebars from 'handlebars';
import { TemplateFault, type Location } from './faults';
import { scanTemplate, type Load, type ScannedTemplate } from './scan';

const MAX_LENGTH = 65_536;

/** The parser's state after it threw holds the exact place; its messages name only the line. */
const lexer = (
  Handlebars as unknown as {
    Parser: { lexer: { yylloc: { first_line: number; first_column: number } } };
  }
).Parser.lexer;

/**
 * Parses a template to Handlebars' tree, with standalone lines and `~` already applied. Throws TemplateFault for a
 * template that is not valid Handlebars, or is too large.
 */
export function parseTemplate(text: string, load: Load): hbs.AST.Program {
  // Handlebars would accept a tree instead of text and compile it unchecked.
  if (typeof text !== 'string') throw new TemplateFault('A template must be text.', 1, 1);
  if (text.length > MAX_LENGTH) throw new TemplateFault('A template has at most 64 KiB.', 1, 1);
  const scanned = scanTemplate(text, load);
  const program = parseScanned(scanned);
  relocate(program, scanned);
  return Handlebars.parse(program as unknown as string);
}

function parseScanned({ text, columnOf }: ScannedTemplate): hbs.AST.Program {
  try {
    return Handlebars.parseWithoutProcessing(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { lineNumber, column } = error as Handlebars.Exception;
    const line = lineNumber ?? lexer.yylloc.first_line;
    const at = columnOf(line, column ?? lexer.yylloc.first_column);
    throw new TemplateFault(explain(error.message), line, at + 1, { cause: error });
  }
}

/** The parser's message, without its picture of the line and its list of token names. */
function explain(message: string): string {
  const found = message.slice(0, message.lastIndexOf(' - ')).slice(0, 200);
  if (message.includes(" doesn't match ")) return `${found}. Close each block with its own name.`;
  if (message.startsWith('Invalid path: ')) return `${found}. In a path, .. and this come first.`;
  if (message.endsWith("got 'EOF'")) {
    return 'The template ends inside a block. Close every {{#block}} with {{/block}}.';
  }
  return 'This is not valid Handlebars. Check the tag here.';
}

/** Sets the location of every node to its columns in the template as written. */
function relocate(program: hbs.AST.Program, { columnOf }: ScannedTemplate): void {
  const seen = new Set<Location>();
  const visit = (item: unknown): void => {
    if (Array.isArray(item)) return item.forEach(visit);
    if (!isTreeItem(item)) return;
    if (item.loc && !seen.has(item.loc)) {
      item.loc.start.column = columnOf(item.loc.start.line, item.loc.start.column);
      seen.add(item.loc);
    }
    Object.values(item).forEach(visit);
  };
  visit(program);
}

function isTreeItem(item: unknown): item is { type: string; loc?: Location } {
  return typeof item === 'object' && item !== null && 'type' in item;
}
