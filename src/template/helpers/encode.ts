import { createHash, createHmac } from 'node:crypto';
import type { HelperCall, Helper } from './helper';
import { isNothing, jsonOf, textOf } from '../values';
import { pathSegment, urlEncode } from '../url-encode';

/** Inline and as a block. A missing value stays missing: its hash would look like a value. */
function encoding(encode: (text: string, call: HelperCall) => string): Helper {
  return {
    takes: [1, 1],
    value: ([value], call) => (isNothing(value) ? undefined : encode(textOf(value), call)),
    block: 'text',
  };
}

const hash = (algorithm: string) =>
  encoding((text) => createHash(algorithm).update(text, 'utf8').digest('hex'));

/** With the project's key (docs/templates.md says how an operator gets it). */
const hmac = (algorithm: string) =>
  encoding((text, { hmacKey }) => createHmac(algorithm, hmacKey).update(text, 'utf8').digest('hex'));

const bytesAs = (form: 'base64' | 'hex') => encoding((text) => Buffer.from(text, 'utf8').toString(form));

export const ENCODE: Readonly<Record<string, Helper>> = {
  // A missing value gives empty text, because it is part of a URL.
  urlEncode: { takes: [1, 1], value: ([value]) => urlEncode(textOf(value)), block: 'text' },
  pathSegment: { takes: [1, 1], value: ([value]) => pathSegment(value) },
  toJson: { takes: [1, 1], value: ([value]) => (isNothing(value) ? undefined : jsonOf(value)) },
  toUrlEncodedJson: {
    takes: [1, 1],
    value: ([value]) => (isNothing(value) ? undefined : urlEncode(jsonOf(value))),
  },
  base64: bytesAs('base64'),
  hexEncode: bytesAs('hex'),
  md5: hash('md5'),
  sha1: hash('sha1'),
  sha256: hash('sha256'),
  hmacSHA1: hmac('sha1'),
  hmacSHA256: hmac('sha256'),
};
