import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '../../domain/errors';
import type { Listening } from '../http/foreign-requests';

/*
 * A browser sends a cookie with every request to its host, whatever page asks for it: pages of other ports of the same
 * machine count as the same site, so SameSite does not hold them off. So a change asks for what only our own page has.
 */

/** What a page sends in X-CSRF-Token with each change. Who does not know the session's token cannot make it. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('csrf').digest('base64url');
}

/** Throws `Forbidden` for a change that comes with a session's cookie, but not from our own page. */
export function refuseForgedChange(request: FastifyRequest, listening: Listening, token: string): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { 'sec-fetch-site': site, origin, 'x-csrf-token': sent } = request.headers;
  refuseForeignOrigin(request, listening);
  const fromOurPage = site === undefined ? origin !== undefined : site === 'same-origin';
  if (fromOurPage && typeof sent === 'string' && isEqual(sent, csrfTokenOf(token))) return;
  throw new ApiError(
    'Forbidden',
    'With a session, a change needs the header X-CSRF-Token, with the csrfToken of GET /api/session, and has to come ' +
      'from a page of this server. Programs use an API key.',
  );
}

/**
 * Throws `Forbidden` for a request of a page of another origin: another name, port or scheme. Sec-Fetch-Site, where there
 * is one, has been looked at before; browsers leave it out on plain http elsewhere than on loopback.
 */
export function refuseForeignOrigin({ headers }: FastifyRequest, { url, publicUrl }: Listening): void {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (origin === undefined || site === 'same-origin') return;
  const own = [url, publicUrl].flatMap((address) => (address === undefined ? [] : [new URL(address).origin]));
  // Of the scheme nothing is known here: a proxy may have taken TLS off.
  if (own.includes(origin) || origin === `http://${host}` || origin === `https://${host}`) return;
  throw new ApiError(
    'Forbidden',
    'A web page of another origin sent this request. If it is a page of this server behind a proxy, set ' +
      'WAYHOOK_PUBLIC_URL to the address at which people reach it.',
  );
}

function isEqual(sent: string, expected: string): boolean {
  const [a, b] = [Buffer.from(sent), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
