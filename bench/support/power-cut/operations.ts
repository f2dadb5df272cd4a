/**
 * What a process did with the files of a folder, in order, and what it told its users meanwhile. Paths are relative to
 * the folder; files are numbered.
 */
export type Operation =
  | { do: 'make file'; path: string; file: number }
  | { do: 'make folder'; path: string }
  | { do: 'write'; file: number; position: number; bytes: Uint8Array }
  | { do: 'resize'; file: number; size: number }
  | { do: 'rename'; path: string; to: string }
  | { do: 'remove'; path: string }
  /** The flush covers what was written when it began, and has done so when it ended. */
  | { do: 'begin flush'; file: number; flush: number }
  | { do: 'end flush'; flush: number }
  | { do: 'flush folder'; path: string }
  | { do: 'attempt'; change: Change }
  | { do: 'acknowledge'; change: Change };

/** One transaction: of each key the value, or null when it deletes the row. Rows of a change come and go together. */
export interface Change {
  id: number;
  rows: [key: string, value: string | null][];
}
