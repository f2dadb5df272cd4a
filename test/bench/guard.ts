/** More than all waits of a run together. */
export const GUARD_MS = 3_000_000;
