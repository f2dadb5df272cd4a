/** Something that a template can read. */
export interface Variable {
  /** As it is written in a tag: `order.total`, `[First Name]`. */
  path: string;
  /** Whose it is: “profile”, “trigger data”, “live data”. */
  from: string;
  /** A value that it may have. */
  sample?: string;
}

const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;

/** The path of a tag that reads these keys: one that is no plain name stands in brackets. */
export function pathOf(keys: readonly string[]): string {
  return keys.map((key) => (PLAIN_NAME.test(key) ? key : `[${key}]`)).join('.');
}
