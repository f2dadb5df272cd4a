import type { Row } from '../../bench/support/table';

/** What a benchmark did not reach, so that a failed test shows it. */
export function missed(rows: Row[]): Row[] {
  return rows.filter(({ reached }) => !reached);
}
