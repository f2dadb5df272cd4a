import type { Row } from '../../bench/support/table';

/** The targets that a benchmark missed, so that a failed test shows them. */
export function missed(rows: Row[]): Row[] {
  return rows.filter(({ reached }) => !reached);
}
