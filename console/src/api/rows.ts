import { useCallback, useEffect, useMemo } from 'react';
import {
  infiniteQueryOptions,
  type QueryKey,
  useInfiniteQuery,
  usePrefetchInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';

/** How often a live list looks for what is new. */
const LOOK_MS = 5_000;

interface Page<Row> {
  rows: Row[];
  nextPageToken?: string;
}

interface RowsOptions<Row> {
  queryKey: QueryKey;
  /** Loads the page of this token; the first one has none. */
  load: (pageToken: string | undefined) => Promise<Page<Row>>;
  keyOf: (row: Row) => string | number;
  /** Rows change and come while one looks: those shown are kept up to date in their places, new ones only counted. */
  isLive?: boolean;
}

/** The rows of a list that comes in pages, newest first, for a `Grid`. */
export function useRows<Row>({ queryKey, load, keyOf, isLive = false }: RowsOptions<Row>) {
  const queries = useQueryClient();
  const pages = infiniteQueryOptions({
    queryKey: [...queryKey, 'pages'],
    queryFn: ({ pageParam }) => load(pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: ({ nextPageToken }) => nextPageToken,
  });
  // Asked for while the page is drawn for the first time, not after.
  usePrefetchInfiniteQuery(pages);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...pages,
    // Loaded again, the rows would move under the reader's eyes.
    ...(isLive && { staleTime: Infinity, refetchOnMount: 'always' }),
  });
  const { data: latest } = useQuery({
    queryKey: [...queryKey, 'latest'],
    queryFn: () => load(undefined),
    enabled: isLive && data !== undefined,
    refetchInterval: LOOK_MS,
    staleTime: LOOK_MS,
  });
  const loaded = useMemo(() => data?.pages.flatMap(({ rows }) => rows), [data]);
  const [rows, newCount] = useMemo(() => {
    if (loaded === undefined || latest === undefined) return [loaded ?? [], 0];
    const fresh = new Map(latest.rows.map((row) => [keyOf(row), row]));
    const shown = loaded.map((row) => fresh.get(keyOf(row)) ?? row);
    const known = new Set(loaded.map(keyOf));
    // Those that follow the first one known are older: they are on a page that is not loaded, not new.
    const firstKnown = latest.rows.findIndex((row) => known.has(keyOf(row)));
    return [shown, firstKnown === -1 ? latest.rows.length : firstKnown];
  }, [loaded, latest, keyOf]);
  const isFirst = loaded?.length === 0 && latest !== undefined && latest.rows.length > 0;
  useEffect(() => {
    // Where there were none, no row moves.
    if (isFirst) void refetch();
  }, [isFirst, refetch]);
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  return {
    rows,
    isLoading: data === undefined && error === null,
    /** Why there are no rows; null also where later pages did not load. */
    error: data === undefined ? error : null,
    refetch: () => void refetch(),
    hasMore: hasNextPage,
    /** Loads the next page; undefined where there is none. */
    onEnd: hasNextPage ? more : undefined,
    /** How many came since. */
    newCount,
    showNew: () => void queries.resetQueries({ queryKey }),
  };
}
