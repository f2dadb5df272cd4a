import { isUtf8 } from 'node:buffer';

/** The most bytes of one row, the same as of a request body. */
export const LONGEST_ROW = 1_048_576;

export const IMPORT_FORMATS = ['csv', 'ndjson'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/**
 * A position between two rows, or within a row that is too long and is skipped. Plain data, so that it can be stored
 * and reading can resume from it.
 */
export interface FilePosition {
  /** The number of bytes before it. */
  offset: number;
  /** The number of the line that starts at the position or contains it. */
  line: number;
  /** For a skipped row: the line on which it starts, and the parser's state at the position. */
  passing?: { line: number; state: State };
}

export const BEGINNING: FilePosition = { offset: 0, line: 1 };

/** A row of a file. */
export interface Row {
  /** The line on which it starts, from 1. */
  line: number;
  /** Without its line end. */
  bytes: Buffer;
  /** Why it cannot be read, as an error text. */
  fault?: string;
  /** Where the next row starts. */
  after: FilePosition;
}

/** The parser is at the start of a cell, in an unquoted cell, in a quoted cell, or after a quote in a quoted cell. */
type State = 'begin' | 'bare' | 'quoted' | 'closed';

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** A spreadsheet may start a file with a byte order mark. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const TOO_LONG = 'The row is longer than 1 MiB. Shorten it, or close a quote that is left open.';
const UNCLOSED =
  'A quote in this row is never closed, so the rest of the file was read as one cell. ' +
  'Close it, and import the file again from this line.';
const NO_UTF8 = 'The row is not UTF-8. Save the file as UTF-8.';
const NUL = 'The row has a NUL character. Remove it.';

/**
 * Splits a file into rows, given its bytes chunk by chunk: at line ends, but in CSV not at those within quotes
 * (RFC 4180). Keeps at most one row in memory and skips empty lines. A line ends with LF or CRLF; with CR alone, as old
 * spreadsheets of the Macintosh write; or with CR CR LF, as programs do that turn each LF of a CRLF into one more.
 */
export class RowSplitter {
  #state: State;
  #offset: number;
  #line: number;
  #begin: FilePosition;
  #parts: Buffer[] = [];
  #size = 0;
  #passing: boolean;
  /** Returns at the end of the last chunk: the next one says where the line end ends. */
  #held: Buffer = Buffer.alloc(0);

  constructor(
    private readonly format: ImportFormat,
    { offset, line, passing }: FilePosition = BEGINNING,
  ) {
    this.#state = passing?.state ?? 'begin';
    this.#offset = offset;
    this.#line = line;
    this.#passing = passing !== undefined;
    this.#begin = { offset, line: passing?.line ?? line };
  }

  /** Where to resume: the bytes after this position must be pushed again. */
  get position(): FilePosition {
    if (!this.#passing) return this.#begin;
    const passing = { line: this.#begin.line, state: this.#state };
    return { offset: this.#offset, line: this.#line, passing };
  }

  /** Returns the rows that end in this chunk. */
  push(chunk: Buffer): Row[] {
    const part = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = part.subarray(0, 0);
    const rows: Row[] = [];
    let from = this.#offset === 0 && part.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0;
    this.#offset += from;
    for (let end = this.#endIn(part, from); end !== -1; end = this.#endIn(part, from)) {
      this.#add(part.subarray(from, end));
      const length = lineEndAt(part, end);
      if (length === undefined) {
        this.#held = part.subarray(end);
        return rows;
      }
      from = end + length;
      rows.push(...this.#finish(length));
    }
    this.#add(part.subarray(from));
    return rows;
  }

  /** Returns the last row, if the file does not end with a line end. */
  end(): Row[] {
    const unclosed = this.#state === 'quoted' && !this.#passing;
    const rows = this.#finish(this.#held.length);
    return unclosed ? rows.map((row) => ({ ...row, fault: UNCLOSED })) : rows;
  }

  /** The index of the line end that ends the row, or -1. */
  #endIn(part: Buffer, from: number): number {
    let state = this.#state;
    let index = from;
    for (; index < part.length; index += 1) {
      const byte = part[index]!;
      if (byte === LINE_FEED || byte === RETURN) {
        if (state !== 'quoted') break;
        if (byte === LINE_FEED) this.#line += 1;
      } else if (this.format === 'csv') state = stateAfter(state, byte);
    }
    this.#state = state;
    return index < part.length ? index : -1;
  }

  #add(bytes: Buffer): void {
    this.#offset += bytes.length;
    if (this.#passing) return;
    this.#size += bytes.length;
    this.#parts.push(bytes);
    if (this.#size <= LONGEST_ROW) return;
    this.#passing = true;
    this.#parts = [];
  }

  /** Ends the row after a line end of so many bytes. */
  #finish(lineEnd: number): Row[] {
    this.#offset += lineEnd;
    this.#line += 1;
    const { line } = this.#begin;
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    const fault = this.#passing ? TOO_LONG : faultIn(bytes);
    this.#begin = { offset: this.#offset, line: this.#line };
    this.#state = 'begin';
    this.#parts = [];
    this.#size = 0;
    this.#passing = false;
    if (bytes.length === 0 && fault === undefined) return [];
    return [{ line, bytes, ...(fault !== undefined && { fault }), after: this.#begin }];
  }
}

function stateAfter(state: State, byte: number): State {
  if (byte === QUOTE) {
    if (state === 'bare') return state;
    return state === 'quoted' ? 'closed' : 'quoted';
  }
  if (state === 'quoted') return state;
  return byte === COMMA ? 'begin' : 'bare';
}

/** The bytes of the line end at `index`; undefined if what follows decides. */
function lineEndAt(part: Buffer, index: number): number | undefined {
  if (part[index] === LINE_FEED) return 1;
  const next = part[index + 1];
  if (next === LINE_FEED) return 2;
  if (next !== RETURN) return next === undefined ? undefined : 1;
  const last = part[index + 2];
  if (last === undefined) return undefined;
  return last === LINE_FEED ? 3 : 1;
}

function faultIn(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return NO_UTF8;
  return bytes.includes(0) ? NUL : undefined;
}
