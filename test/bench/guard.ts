/** Above what the waits of a run have together: it only ends what hangs. */
export const GUARD_MS = 3_000_000;
