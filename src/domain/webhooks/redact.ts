import { CALLBACK_HEADER } from './callback';
import { lengthOfStartAtEnd, splitText } from '../text-search';

/** Matches names of headers whose values are credentials. */
const CREDENTIAL =
  /auth(?!ors?\b)|token|secret|password|credential|cookie|signature|session|(^|[-_])(api)?key($|[-_])|apikey/i;

/** Whether a header's name suggests a credential. An idempotency key is not one; who has a callback's URL can call. */
export function namesCredential(header: string): boolean {
  return (
    (CREDENTIAL.test(header) || header.toLowerCase() === CALLBACK_HEADER) &&
    !/^(x-)?idempotency-key$/i.test(header)
  );
}

/** What is shown in place of a credential. */
export const REDACTED = '[redacted]';

/** The headers with each value that looks like a credential replaced by `[redacted]`. */
export function redactHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, namesCredential(name) ? REDACTED : value]),
  );
}

/** Redacting anything shorter would also remove text that merely looks like it. */
const SHORTEST_SECRET = 4;

/**
 * Redacts secrets that an endpoint's text repeats: in plain text, escaped or encoded. In a text that was cut, also the
 * start of a secret at its end.
 */
export function redactSecrets(text: string, secrets: string[], { cut = false } = {}): string {
  const forms = formsOfAll(secrets);
  const shown = forms.reduce((left, form) => splitText(left, form).join(REDACTED), text);
  return cut ? withoutStart(shown, forms) : shown;
}

/** The headers with the secrets in their names and values redacted, and each value that looks like a credential. */
export function redactAnswerHeaders(
  headers: Record<string, string>,
  secrets: string[],
): Record<string, string> {
  const shown = Object.entries(redactHeaders(headers));
  return Object.fromEntries(shown.map((pair) => pair.map((text) => redactSecrets(text, secrets))));
}

/** Of secrets that are redacted in many texts, such as the headers of one answer. */
const known = new WeakMap<string[], string[]>();

/** All forms of these secrets. A secret may contain another: the longer one first. */
function formsOfAll(secrets: string[]): string[] {
  const before = known.get(secrets);
  if (before !== undefined) return before;
  const distinct = secrets.filter(({ length }) => length >= SHORTEST_SECRET);
  const forms = [...new Set(distinct.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  known.set(secrets, forms);
  return forms;
}

/** The ways in which programs write a text. */
function formsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inUrl = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '?'));
  const inForm = inUrl.replaceAll('%20', '+').replace(/[!'()~]/g, (char) => `%${hex(char).toUpperCase()}`);
  const inHtml = secret.replace(/[&<>"']/g, (char) => HTML[char]!);
  const bytes = Buffer.from(secret, 'utf8');
  return [
    ...[secret, inJson, inJson.replaceAll('/', '\\/')],
    inJson.replace(/[<>&'=]|[^\x00-\x7f]/g, (char) => `\\u${hex(char).padStart(4, '0')}`),
    ...[inUrl, inForm].flatMap((form) => [form, form.replace(/%../g, (byte) => byte.toLowerCase())]),
    inHtml,
    ...[bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')],
  ];
}

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function hex(char: string): string {
  return char.charCodeAt(0).toString(16);
}

/** The text without the first part of a secret at its end, whose last character may be half. */
function withoutStart(text: string, forms: string[]): string {
  let end = text.length;
  while (text[end - 1] === '\uFFFD') end -= 1;
  const whole = text.slice(0, end);
  for (const form of forms) {
    const length = lengthOfStartAtEnd(whole, form);
    if (length >= SHORTEST_SECRET) return whole.slice(0, -length) + REDACTED;
  }
  return text;
}
