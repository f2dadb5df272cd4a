import { isIPv4 } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError, badParams } from '../../domain/errors';

/*
 * What pages of other sites cannot do through the browser of somebody who reaches this server. Pages whose own name was
 * made to lead here (DNS rebinding) are known by `Host`, all others by `Sec-Fetch-Site`. Browsers set both, no page can.
 * As no answer allows CORS, no such page could read one, or send an API key.
 */

/** Where a server listens, and the address at which its clients reach it, if that is set. */
export interface Listening {
  host: string;
  url: string | undefined;
  /** Where people and endpoints reach it, without a slash at its end. */
  publicUrl: string;
  /** Networks of proxies, whose X-Forwarded-For is believed. */
  trustedProxies?: string[];
}

/** To be registered before the routes: refuses before a key is asked for and a body is read. */
export function refuseForeignRequests(app: FastifyInstance, { host, url, publicUrl }: Listening): void {
  const ownNames = [url, publicUrl].flatMap((own) => (own === undefined ? [] : [new URL(own).hostname]));
  app.addHook('onRequest', async (request) => {
    refuseUnclearHost(request);
    // Elsewhere the names of a server are not known: proxies and probes call it by any.
    if (isLoopback(host)) refuseForeignHost(request, ownNames);
    if (!isNavigation(request)) refuseForeignSite(request);
  });
}

/** Throws `Forbidden` for a request of a page of another site, or of another port of this machine. */
export function refuseForeignSite({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  // None: not of a page, but typed by a person. Undefined: not of a browser.
  if (site === undefined || site === 'none' || site === 'same-origin') return;
  throw new ApiError(
    'Forbidden',
    'A web page of another site sent this request. Send it from a program, or from a page of this server.',
  );
}

/** Following a link, or a redirect of a sign-in elsewhere. */
function isNavigation({ method, headers }: FastifyRequest): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers;
  return method === 'GET' && mode === 'navigate' && destination === 'document';
}

/** HTTP/1.0 has no `Host`; some probes of load balancers speak it. */
function refuseUnclearHost({ raw, headers }: FastifyRequest): void {
  const names = raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (names.length > 1) throw badParams({ host: 'The header Host came more than once. Send it once.' });
  if (headers.host !== undefined || raw.httpVersion === '1.0') return;
  throw badParams({ host: 'The header Host is missing. HTTP/1.1 needs it.' });
}

function refuseForeignHost({ headers }: FastifyRequest, ownNames: string[]): void {
  if (headers.host === undefined) return;
  const name = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(headers.host.toLowerCase())?.[1];
  if (name !== undefined && (ownNames.includes(name) || isLoopback(name.replace(/^\[(.*)\]$/, '$1')))) return;
  throw new ApiError(
    'Forbidden',
    'This server listens on loopback, and answers only to names of it, such as localhost and 127.0.0.1. ' +
      'If a proxy passes another name on, set WAYHOOK_URL, or WAYHOOK_PUBLIC_URL, to the address that it has there.',
  );
}

function isLoopback(name: string): boolean {
  if (isIPv4(name)) return name.startsWith('127.');
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost');
}
