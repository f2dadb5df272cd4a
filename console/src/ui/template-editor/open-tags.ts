import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';

/** The one fault that is seen without the server: a tag that is not closed. */
export function openTags(doc: Text): Diagnostic[] {
  const text = doc.toString();
  const found: Diagnostic[] = [];
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', at + 2)) {
    const end = text.indexOf('}}', at);
    const next = text.indexOf('{{', at + 3);
    if (end >= 0 && (next < 0 || next > end)) continue;
    found.push({ from: at, to: at + 2, severity: 'error', message: 'This tag is not closed. Add }}.' });
  }
  return found;
}
