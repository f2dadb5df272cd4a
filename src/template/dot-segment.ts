import { normalized } from './combining-marks';

/** More layers of encoding than any chain of proxies removes. */
const MOST_DECODINGS = 8;

/** Encodings of `.`, `/` and `\` that only lenient decoders read: overlong UTF-8, and IIS's `%uXXXX`. */
const LENIENT: [encoded: RegExp, character: string][] = [
  [/%(?:c0%ae|e0%80%ae|f0%80%80%ae|u002e|uff0e)/gi, '.'],
  [/%(?:c0%af|e0%80%af|f0%80%80%af|u002f|uff0f|u2215)/gi, '/'],
  [/%(?:c1%9c|e0%81%9c|u005c|uff3c|u2216)/gi, '\\'],
];

/**
 * Whether something between here and the endpoint may take a part of this segment of a path for `.` or `..`, and so
 * call another resource. Everything is read as the most lenient of them reads it: URL parsers drop tabs and line breaks
 * and take `%2e` for a dot, proxies decode first (also `%2f`, or twice) and then remove dots, servlet containers ignore
 * what follows a `;`, and some normalise Unicode.
 */
export function hasDotSegment(segment: string): boolean {
  if (!/[.%]|[^\x00-\x7f]/.test(segment)) return false;
  return normalized(decoded(segment), 'NFKC')
    .split(/[/\\]/)
    .some((part) => /^\.{1,2}$/.test(bare(part)));
}

function bare(part: string): string {
  return part.replace(/;.*$/s, '').replace(/[\s\p{C}+]/gu, '');
}

function decoded(text: string): string {
  let latest = text;
  for (let round = 0; round < MOST_DECODINGS; round++) {
    const next = decodedOnce(latest);
    if (next === latest) break;
    latest = next;
  }
  return latest;
}

function decodedOnce(text: string): string {
  const plain = text.replace(/%(?:25)+/g, '%');
  return LENIENT.reduce((read, [encoded, character]) => read.replace(encoded, character), plain).replace(
    /(?:%[0-9a-f]{2})+/gi,
    (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}
