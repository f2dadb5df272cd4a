import { isUtf8 } from 'node:buffer';

/** Bytes of one row; the same limit as for a request body. */
export const LONGEST_ROW = 1_048_576;

export const IMPORT_FORMATS = ['csv', 'ndjson'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** A position between two rows, or inside one that is too long and is skipped. Plain data: reading can resume from a stored one. */
export interface FilePosition {
  /** Bytes before it. */
  offset: number;
  /** Number of the line that begins there, or that it is in. */
  line: number;
  /** The line where the row that is being skipped starts, and the state of the parser at this position. */
  passing?: { line: number; state: State };
}

export const BEGINNING: FilePosition = { offset: 0, line: 1 };

/** A row as it stands in a file. */
export interface Row {
  /** The line on which it begins, from 1. */
  line: number;
  /** Without its line end. */
  bytes: Buffer;
  /** Why it cannot be read, in words. */
  fault?: string;
  /** Where the next one begins. */
  after: FilePosition;
}

/** At the start of a cell, in an unquoted one, in a quoted one, or after a quote in a quoted one. */
type State = 'begin' | 'bare' | 'quoted' | 'closed';

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** A spreadsheet may begin a file with a byte order mark. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const TOO_LONG = 'The row is longer than 1 MiB. Shorten it, or close a quote that is left open in it.';
const UNCLOSED =
  'A quote is opened in this row and never closed: all that follows was read as one cell. ' +
  'Close it, and import the file again from this line.';
const NO_UTF8 = 'The row is not UTF-8. Save the file as UTF-8.';
const NUL = 'The row has a NUL character in it. Remove it.';

/**
 * Splits a file into rows, given its bytes part by part: at line feeds, but in CSV not at those inside quotes
 * (RFC 4180). Keeps at most one row in memory, and skips empty lines.
 */
export class RowSplitter {
  #state: State;
  #offset: number;
  #line: number;
  #begin: FilePosition;
  #parts: Buffer[] = [];
  #size = 0;
  #passing: boolean;

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

  /** Where to resume reading: bytes after this position have to be pushed again. */
  get position(): FilePosition {
    if (!this.#passing) return this.#begin;
    const passing = { line: this.#begin.line, state: this.#state };
    return { offset: this.#offset, line: this.#line, passing };
  }

  /** The rows that end in this part of the file. */
  push(part: Buffer): Row[] {
    const rows: Row[] = [];
    let from = this.#offset === 0 && part.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0;
    this.#offset += from;
    for (let end = this.#endIn(part, from); end !== -1; end = this.#endIn(part, from)) {
      this.#add(part.subarray(from, end));
      from = end + 1;
      this.#offset += 1;
      this.#line += 1;
      rows.push(...this.#finish());
    }
    this.#add(part.subarray(from));
    return rows;
  }

  /** The row that the end of the file ends. */
  end(): Row[] {
    const unclosed = this.#state === 'quoted' && !this.#passing;
    const rows = this.#finish();
    return unclosed ? rows.map((row) => ({ ...row, fault: UNCLOSED })) : rows;
  }

  /** The index of the line feed that ends the row, or -1. */
  #endIn(part: Buffer, from: number): number {
    if (this.format === 'ndjson') return part.indexOf(LINE_FEED, from);
    let state = this.#state;
    let index = from;
    for (; index < part.length; index += 1) {
      const byte = part[index]!;
      if (byte === LINE_FEED) {
        if (state !== 'quoted') break;
        this.#line += 1;
      } else if (byte === QUOTE) {
        if (state === 'begin' || state === 'closed') state = 'quoted';
        else if (state === 'quoted') state = 'closed';
      } else if (state !== 'quoted') state = byte === COMMA ? 'begin' : 'bare';
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

  #finish(): Row[] {
    const { line } = this.#begin;
    const bytes = withoutReturn(this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts));
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

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes;
}

function faultIn(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return NO_UTF8;
  return bytes.includes(0) ? NUL : undefined;
}
