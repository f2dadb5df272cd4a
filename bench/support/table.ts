/** One line of a benchmark: what was measured, what is to be reached, and whether it was. */
export interface Row {
  what: string;
  reach: string;
  measured: string;
  reached: boolean;
}

/** What a file of bench/ exports by default. */
export interface Benchmark {
  /** One line for the list. */
  summary: string;
  /** What it cannot bring by itself: a Postgres in DATABASE_URL, or the Temporal server that the tests share. */
  needs?: ('postgres' | 'engine')[];
  /** `size`: entries, or whatever the benchmark counts in; left out, as many as the figure to reach asks for. */
  run: (size?: number) => Promise<Row[]>;
}

/** A row whose figure has to be one number exactly. */
export function exactly(what: string, expected: number, measured: number): Row {
  return { what, reach: String(expected), measured: String(measured), reached: measured === expected };
}

/** A row whose figure may not be larger. */
export function atMost(what: string, most: number, measured: number): Row {
  return { what, reach: `≤ ${most}`, measured: String(measured), reached: measured <= most };
}

/** A row that is told and has nothing to reach. */
export function told(what: string, measured: string | number): Row {
  return { what, reach: '', measured: String(measured), reached: true };
}

/** Prints rows as a Markdown table, so that it can go into a page as it stands. */
export function printTable(title: string, rows: Row[]): void {
  const lines = [
    ['what', 'reach', 'measured', ''],
    ['---', '---', '---', '---'],
    ...rows.map(({ what, reach, measured, reached }) => [
      what,
      reach,
      measured,
      reach === '' ? '' : reached ? 'ok' : 'MISSED',
    ]),
  ];
  console.log(`\n${title}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`);
}
