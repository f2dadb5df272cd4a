/* Texts of others, within sentences of ours. */

/** Letters that are written from right to left, and marks that turn the direction of what follows. */
const MIGHT_TURN = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const MARKS = /[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A name as it may stand in a sentence: nothing in it turns what stands around it. It is put between marks that isolate
 * it (Unicode Standard Annex 9), and has none of its own, which could end these.
 */
export function isolated(text: string): string {
  const unmarked = text.replace(MARKS, '');
  return MIGHT_TURN.test(unmarked) ? `\u2068${unmarked}\u2069` : unmarked;
}

/** “Win back”. */
export function quoted(text: string): string {
  return `“${isolated(text)}”`;
}

/** A sentence of the server, with names in quotes. */
export function sentence(text: string): string {
  return text.replace(MARKS, '').replace(/“([^”]*)”/g, (_, name: string) => quoted(name));
}
