import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Dispatcher } from 'undici';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import { isHostName } from '../domain/webhooks/origin';
import { EndpointFault } from './failure';
import { VERSION } from './version';

const USER_AGENT = `Wayhook/${VERSION}`;

/** The longest name that DNS allows. */
const MAX_HOST_LENGTH = 253;

/** A rendered request as undici sends it. Throws an `EndpointFault` for what cannot be sent. */
export function outgoingRequest({ method, url, headers, body }: RenderedRequest): Dispatcher.RequestOptions {
  const { origin, pathname, search } = parseUrl(url);
  return {
    origin,
    path: pathname + search,
    method: method as Dispatcher.HttpMethod,
    headers: headersOf(headers),
    body,
  };
}

/** Checks the rendered URL: data may have put anything into the one that was saved. */
function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new EndpointFault('invalid_url', 'The rendered URL is not a URL.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new EndpointFault('invalid_url', 'Only https and http can be called.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new EndpointFault('invalid_url', 'The rendered URL contains a user name or password.');
  }
  if (!isHostName(url.hostname)) {
    throw new EndpointFault(
      'invalid_url',
      'The host name in the rendered URL has a character that none has.',
    );
  }
  if (url.hostname.length > MAX_HOST_LENGTH) {
    throw new EndpointFault('invalid_url', 'The host name in the rendered URL is too long.');
  }
  return url;
}

/** Names are lower-cased, so that the later of two spellings is sent. */
function headersOf(headers: Record<string, string>): Record<string, string> {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  given.forEach(([name, value]) => checkHeader(name, value));
  return { 'user-agent': USER_AGENT, ...Object.fromEntries(given), 'accept-encoding': 'identity' };
}

function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new EndpointFault(
      'render',
      `The header “${name}” cannot be sent: its name or value has a line break, or a character outside Latin-1.`,
    );
  }
}
