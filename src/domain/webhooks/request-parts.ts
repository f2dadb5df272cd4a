import { z } from 'zod';
import { isHostName } from './origin';
import { tagsIn } from './tags';

/* The parts of a request that webhooks and tiles share. */

/** The text of one template: at most 64 KiB, so that none takes a worker long to compile. */
export const Template = z.string().max(65_536, 'A template has at most 64 KiB.');

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const API_KEY_PARAMETERS = new Set(['api_key', 'apikey', 'api-key', 'x-api-key']);

/** Whether a query parameter is an API key, by its name (C11). */
export function namesApiKey(parameter: string): boolean {
  return API_KEY_PARAMETERS.has(parameter.trim().toLowerCase());
}

/**
 * What is wrong with a URL that is about to be saved, or undefined. It may contain templates, but not in its scheme,
 * and never credentials: no API key in the query (B051), no `user:pass@`.
 */
export function urlFault(text: string): string | undefined {
  if (!/^https?:\/\/[^/?#\\\s]/i.test(text)) {
    return 'A URL starts with https:// (or http://) and a host, for example https://api.example.com/users.';
  }
  const plain = withoutTags(text);
  if (!URL.canParse(plain)) return 'This is not a URL. Check the host and the port.';
  const url = new URL(plain);
  if (!isHostName(url.hostname)) return 'The host of the URL has a character that no host name has.';
  if (url.username !== '' || url.password !== '') {
    return 'A URL must not contain a user name or password. Use the authentication setting.';
  }
  const parameter = [...url.searchParams.keys()].find(namesApiKey);
  if (parameter !== undefined) {
    return `A URL must not contain an API key (${parameter}). Use the authentication setting or a header.`;
  }
  return undefined;
}

/** The text with a digit for each tag. */
function withoutTags(text: string): string {
  let plain = '';
  let at = 0;
  for (const { start, end } of tagsIn(text)) {
    plain += `${text.slice(at, start)}1`;
    at = end;
  }
  return plain + text.slice(at);
}

/** The URL of a request: it may contain templates after its scheme. */
export const Url = Template.superRefine((text, context) => {
  const fault = urlFault(text);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/** RFC 9110: a header's name is a token. */
const HeaderName = z
  .string()
  .regex(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/,
    'A header name consists of letters, digits and -, without colons or spaces.',
  );

/** Set by Wayhook or by HTTP itself on every request; a webhook cannot change them. */
const RESERVED_HEADERS = new Set([
  'host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect', 'te', 'trailer',
  'proxy-authorization', 'proxy-connection', 'accept-encoding', 'webhook-id', 'webhook-timestamp', 'webhook-signature',
]); // prettier-ignore

export const CustomHeader = z.strictObject({
  name: HeaderName.refine(
    (name) => !RESERVED_HEADERS.has(name.toLowerCase()),
    'This header is set by Wayhook or by HTTP itself. Choose another name.',
  ),
  value: Template,
});
export type CustomHeader = z.infer<typeof CustomHeader>;
