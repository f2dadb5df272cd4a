import type { ReactNode } from 'react';

export interface TallyProps {
  list: { rows: readonly unknown[]; isLoading: boolean; error: unknown; hasMore?: boolean };
  one: string;
  many: string;
  /** What came since. */
  children?: ReactNode;
}

/** How many rows a list has; nothing until that is known. */
export function Tally({
  list: { rows, isLoading, error, hasMore = false },
  one,
  many,
  children,
}: TallyProps) {
  const isKnown = !isLoading && error === null;
  return (
    <span className="tally" role="status">
      {isKnown &&
        `${rows.length.toLocaleString('en')}${hasMore ? '+' : ''} ${rows.length === 1 ? one : many}`}
      {children}
    </span>
  );
}
