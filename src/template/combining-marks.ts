/** As many as Unicode's stream-safe text format allows; no language needs a third of them. */
const EXCESS = /(\p{M}{30})\p{M}+/gu;

/**
 * Text in a form of Unicode's, without the combining marks beyond 30 in a row: they are sorted in it, which takes time in
 * proportion to the square of their number.
 */
export function normalized(text: string, form: 'NFKC' | 'NFKD'): string {
  return text.replace(EXCESS, '$1').normalize(form);
}
