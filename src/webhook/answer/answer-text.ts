import { TextDecoder } from 'node:util';

/** What tells how the bytes of a body are text. */
export interface EncodedText {
  headers: Record<string, string>;
  body: Buffer;
}

/** Byte order marks. They win over what is declared, as in browsers. */
const MARKS: [bytes: number[], charset: string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** The characters 80 to 9F of Windows-1252. Node takes them for control characters, as in ISO 8859-1. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/**
 * The text of a body: in the charset of its byte order mark, else in the one it declares, else in UTF-8. Never with a
 * replacement character for bytes that are no text: then there is none, and `fault` says why.
 */
export function readText(answer: EncodedText): { text: string } | { fault: string } {
  const decoder = decoderFor(answer, true);
  try {
    return { text: decodeWith(decoder ?? new TextDecoder('utf-8', { fatal: true }), answer.body) };
  } catch {
    return {
      fault: decoder
        ? 'The bytes of the answer are not valid in its charset.'
        : 'The answer is not UTF-8, and declares a charset that is not known.',
    };
  }
}

/** A body, or its beginning, to look at: what is no text shows as replacement characters. */
export function showText(answer: EncodedText): string {
  return decodeWith(decoderFor(answer, false) ?? new TextDecoder(), answer.body);
}

/** Undefined where the declared charset is not known. */
function decoderFor({ headers, body }: EncodedText, fatal: boolean): TextDecoder | undefined {
  const mark = MARKS.find(([bytes]) => body.subarray(0, bytes.length).equals(Buffer.from(bytes)));
  const declared = /;\s*charset\s*=\s*["']?([^\s"',;]+)/i.exec(headers['content-type'] ?? '')?.[1];
  try {
    return new TextDecoder(mark?.[1] ?? declared ?? 'utf-8', { fatal });
  } catch {
    return undefined;
  }
}

function decodeWith(decoder: TextDecoder, body: Buffer): string {
  // To show a body whose last character was cut, the rest of it is left out.
  const text = decoder.decode(body, { stream: !decoder.fatal });
  if (decoder.encoding !== 'windows-1252') return text;
  return text.replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80]!);
}
