import { TemplateFault } from './faults';

/** Limits tags and helpers called in tags: parsing takes about 0.03 ms for each. */
const MAX_TAGS = 2_000;
/** Limits words in tags; each part of a path counts. */
const MAX_WORDS = 8_000;
/** The parser would take minutes for 64 KiB of nested blocks. */
const MAX_DEPTH = 64;

/** An empty comment, which ends a tag's closing braces. */
const SEPARATOR = '{{!}}';

/** The look-behind finds a run of backslashes once, not from each of its characters. */
const OPEN = /(?<!\\)(\\*)\{\{(~?!--|~?!|\{?)/g;
const QUOTED = /"(?:\\"|[^"\\]|\\(?!"))*"|'(?:\\'|[^'\\]|\\(?!'))*'|\[(?:\\\]|[^\]\\]|\\(?!\]))*\]/;
/** The inside of a tag: braces are allowed only in quotes and brackets. */
const INSIDE = new RegExp(`(?:[^"'[{}]|${QUOTED.source})*`, 'y');

/** The counts of the templates scanned so far; those of one webhook are counted together. */
export interface Load {
  tags: number;
  words: number;
  /** Of the patterns that are constant. */
  instructions: number;
}

export function noLoad(): Load {
  return { tags: 0, words: 0, instructions: 0 };
}

export interface ScannedTemplate {
  text: string;
  /** Maps a column from the parser to the column in the template as written, both from 0; lines are the same. */
  columnOf(line: number, column: number): number;
}

interface Tag {
  start: number;
  end: number;
  /** The text between the braces; empty for a comment or an escaped tag. */
  inside: string;
}

/**
 * Prepares a template for the parser. Throws TemplateFault if it is nested too deeply, or has too many tags together
 * with those already counted in `load`. Inserts a separator between a tag and a closing brace, as in
 * `{"age": {{age}}}`, because Handlebars reads `}}}` as the end of `{{{`.
 */
export function scanTemplate(template: string, load: Load): ScannedTemplate {
  const pieces: string[] = [];
  const weigh = startWeighing(template, load);
  let from = 0;
  for (let tag = nextTag(template, 0); tag; tag = nextTag(template, tag.end)) {
    weigh(tag);
    if (tag.inside === '' || template[tag.end] !== '}') continue;
    pieces.push(template.slice(from, tag.end));
    from = tag.end;
  }
  const text = [...pieces, template.slice(from)].join(SEPARATOR);
  return { text, columnOf: pieces.length === 0 ? (_line, column) => column : shift(text, pieces) };
}

function nextTag(template: string, from: number): Tag | undefined {
  OPEN.lastIndex = from;
  const open = OPEN.exec(template);
  if (!open) return undefined;
  const [, backslashes, kind] = open as unknown as [string, string, string];
  const start = open.index + backslashes.length;
  // A single backslash turns the tag that follows into plain text.
  if (backslashes === '\\') return { start, end: OPEN.lastIndex, inside: '' };
  if (kind.includes('!')) {
    const close = kind.endsWith('--') ? /--~?\}\}/g : /\}\}/g;
    close.lastIndex = OPEN.lastIndex;
    if (!close.exec(template)) throw fault(template, start, 'This comment is never closed. Close it.');
    return { start, end: close.lastIndex, inside: '' };
  }
  INSIDE.lastIndex = OPEN.lastIndex;
  const [inside] = INSIDE.exec(template)!;
  const close = kind === '{' ? '}}}' : '}}';
  if (inside !== '' && template.startsWith(close, INSIDE.lastIndex)) {
    return { start, end: INSIDE.lastIndex + close.length, inside };
  }
  throw fault(
    template,
    start,
    'This tag is malformed. Check its braces, quotes and brackets, and put a space between a brace of JSON and a tag.',
  );
}

/** Counts tags and the calls in them, and their nesting depth; every `{{else if}}` adds a level. */
function startWeighing(template: string, load: Load): (tag: Tag) => void {
  const open: number[] = [];
  return ({ start, inside }) => {
    const plain = inside.replace(new RegExp(QUOTED, 'g'), '.').replace(/^~/, '');
    const calls = plain.split('(').length;
    load.words += plain.split(/[\s./=|(]/).length;
    load.tags += inside === '' || plain.startsWith('/') ? 0 : calls;
    if (/^#|^\^\s*[^\s~]/.test(plain)) open.push(1);
    else if (plain.startsWith('/')) open.pop();
    else if (open.length > 0 && /^\s*else\b\s*[^\s~]/.test(plain)) open[open.length - 1]! += 1;
    if (load.tags > MAX_TAGS || load.words > MAX_WORDS) {
      throw fault(
        template,
        start,
        `Templates can have at most ${MAX_TAGS} tags with ${MAX_WORDS} words in them.`,
      );
    }
    if (calls + open.reduce((sum, levels) => sum + levels, 0) > MAX_DEPTH) {
      throw fault(
        template,
        start,
        `Blocks and calls can be nested at most ${MAX_DEPTH} deep; each {{else if}} counts as a level.`,
      );
    }
  };
}

function fault(template: string, offset: number, message: string): TemplateFault {
  const lines = template.slice(0, offset).split(LINE_END);
  return new TemplateFault(message, lines.length, lines.at(-1)!.length + 1);
}

const LINE_END = /\r\n?|\n/g;

function shift(text: string, pieces: string[]): ScannedTemplate['columnOf'] {
  const lineStarts = [0, ...[...text.matchAll(LINE_END)].map((match) => match.index + match[0].length)];
  let end = 0;
  const separators = pieces.map((piece) => (end += piece.length + SEPARATOR.length));
  return (line, column) => {
    const start = lineStarts[line - 1] ?? 0;
    const before = separators.filter((at) => at > start && at <= start + column).length;
    return column - before * SEPARATOR.length;
  };
}
