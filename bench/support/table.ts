/** One line of a benchmark: what was measured, the target, and whether it was reached. */
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
  /** What it needs: a Postgres in DATABASE_URL, the Temporal server of the tests, or Chromium. */
  needs?: ('postgres' | 'engine' | 'browser')[];
  /** `size`: entries, or whatever the benchmark counts; by default, as many as its target is stated for. */
  run: (size?: number) => Promise<Row[]>;
}

/** A row whose figure must be exactly this number. */
export function exactly(what: string, expected: number, measured: number): Row {
  return { what, reach: String(expected), measured: String(measured), reached: measured === expected };
}

/** A row whose figure must not be larger. */
export function atMost(what: string, most: number, measured: number): Row {
  return { what, reach: `≤ ${most}`, measured: String(measured), reached: measured <= most };
}

/** A row without a target. */
export function reported(what: string, measured: string | number): Row {
  return { what, reach: '', measured: String(measured), reached: true };
}

/** Prints rows as a Markdown table, ready for a page of the documentation. */
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
