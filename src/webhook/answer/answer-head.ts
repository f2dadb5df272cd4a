import { EndpointFault } from '../failure';

/*
 * undici's parser refuses whole answers for flaws of their head that change neither the status nor what was done: a 204
 * with a length, a length stated twice, a folded line. So the head is rewritten before undici reads it.
 */

/** A final head as undici accepts it. */
export interface FinalHead {
  bytes: Buffer;
  /** The status counts, but there is no telling where the body ends: it must not be read. */
  bodyFault?: EndpointFault;
}

interface Field {
  name: string;
  value: string;
}

/** The fields of a head, and whether it is so odd that the connection cannot be trusted to be in step any more. */
interface Fields {
  fields: Field[];
  odd: boolean;
}

/** The endpoint switches protocols (101), which nobody asked for. */
export class ProtocolSwitch extends Error {}

const STATUS_LINE = /^HTTP\/(\d(?:\.\d+)?)[ \t]+([1-9]\d\d)(?:[ \t]|$)/;
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)([ \t]*):(.*)$/s;
/** A length that a number holds exactly. */
const LENGTH = /^\d{1,15}$/;

/**
 * Rewrites a complete head, given as Latin-1 text without its empty line. Undefined for an interim answer (1xx), which
 * is to be skipped. After a head whose framing is odd the connection is closed (RFC 9112, 6.3): what else the endpoint
 * sends on it could be taken for the answer to another request. Throws `ProtocolSwitch` for a 101, and an
 * `EndpointFault` for what is not HTTP.
 */
export function rewriteHead(text: string): FinalHead | undefined {
  const [statusLine = '', ...lines] = text.split(/\r?\n/);
  const [, version, digits] = STATUS_LINE.exec(statusLine) ?? notHttp();
  const status = Number(digits);
  if (status === 101) throw new ProtocolSwitch();
  if (status < 200) return undefined;
  const { fields, odd } = fieldsOf(lines);
  const isOld = version === '1.0';
  const framing = framingOf(status, isOld, fields);
  const others = fields.filter(({ name }) => !/^(content-length|transfer-encoding)$/i.test(name));
  const sent = [...others, ...framing.fields];
  const closing = odd || framing.odd ? withConnectionClose(sent) : sent;
  const headerLines = closing.map(({ name, value }) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(`HTTP/1.${isOld ? 0 : 1} ${status} \r\n${headerLines.join('')}\r\n`, 'latin1');
  return { bytes, bodyFault: framing.bodyFault };
}

export function notHttp(): never {
  throw new EndpointFault('network', 'The answer is not HTTP.');
}

/** Joins folded lines, and skips lines that are no header. */
function fieldsOf(lines: string[]): Fields {
  const fields: Field[] = [];
  let odd = false;
  for (const line of lines) {
    const [, name, gap, value] = HEADER_LINE.exec(line) ?? [];
    const last = fields.at(-1);
    odd ||= name === undefined || gap !== '';
    if (/^[ \t]/.test(line) && last) last.value = `${last.value} ${clean(line)}`.trim();
    else if (name !== undefined) fields.push({ name, value: clean(value!) });
  }
  return { fields, odd };
}

/** A value without control characters, which the parser refuses. */
function clean(value: string): string {
  return value.replace(/[\0-\x1f\x7f]/g, ' ').trim();
}

/** The one statement of where the body ends (RFC 9112, 6.3) in place of those that were sent. */
function framingOf(status: number, isOld: boolean, fields: Field[]): Fields & { bodyFault?: EndpointFault } {
  const lengths = listOf(fields, 'content-length');
  const codings = listOf(fields, 'transfer-encoding').filter((coding) => coding !== 'identity');
  if (status === 204 || status === 304) {
    return { fields: [], odd: codings.length > 0 || lengths.some((length) => Number(length) !== 0) };
  }
  if (codings.length > 0) {
    const odd = isOld || codings.length > 1 || lengths.length > 0;
    return { fields: [{ name: 'transfer-encoding', value: chunkedOnce(codings).join(', ') }], odd };
  }
  const [length] = lengths;
  if (length === undefined) return { fields: [], odd: false };
  if (LENGTH.test(length) && lengths.every((other) => other === length)) {
    return { fields: [{ name: 'content-length', value: length }], odd: lengths.length > 1 };
  }
  const bodyFault = new EndpointFault('network', 'The endpoint states no valid length of its body.');
  return { fields: [], odd: true, bodyFault };
}

/** The items of all fields of this name, in lower case. */
function listOf(fields: Field[], name: string): string[] {
  return fields
    .filter((field) => field.name.toLowerCase() === name)
    .flatMap(({ value }) => value.toLowerCase().split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Proxies are known to repeat `chunked`. It was applied once, and last. */
function chunkedOnce(codings: string[]): string[] {
  if (codings.at(-1) !== 'chunked') return codings;
  return [...codings.filter((coding) => coding !== 'chunked'), 'chunked'];
}

function withConnectionClose(fields: Field[]): Field[] {
  const others = fields.filter(({ name }) => !/^(connection|keep-alive)$/i.test(name));
  return [...others, { name: 'connection', value: 'close' }];
}
