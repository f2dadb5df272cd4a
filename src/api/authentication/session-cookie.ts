import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_DAYS } from '../../domain/people/session';
import type { Listening } from '../http/foreign-requests';

/** Over https, a name with which browsers let no other host, and no page over http, set the cookie (RFC 6265bis). */
const NAMES = { https: '__Host-wayhook_session', http: 'wayhook_session' };

const TOKEN = /^[\w-]{43}$/;
const SECONDS_A_DAY = 86_400;

/**
 * The token in the session's cookie. Undefined if there is none, or more than one: another program on this machine, or a
 * page of another name of this domain, may have set one too, and which of them is ours cannot be told.
 */
export function tokenIn({ headers }: FastifyRequest, { publicUrl }: Listening): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  // Where people come over https, the other name can only have been set by somebody else.
  const names = isHttps(publicUrl) ? [NAMES.https] : [NAMES.https, NAMES.http];
  for (const name of names) {
    const tokens = pairs
      .filter((pair) => pair.startsWith(`${name}=`))
      .map((pair) => pair.slice(name.length + 1));
    if (tokens.length > 0) return tokens.length === 1 && TOKEN.test(tokens[0]!) ? tokens[0] : undefined;
  }
  return undefined;
}

export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  listening: Listening,
  token: string,
): void {
  setCookie(request, reply, listening, `${token}; Max-Age=${SESSION_DAYS * SECONDS_A_DAY}`);
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply, listening: Listening): void {
  setCookie(request, reply, listening, '; Max-Age=0');
}

function setCookie(request: FastifyRequest, reply: FastifyReply, listening: Listening, value: string): void {
  const https =
    isHttps(listening.publicUrl) || isHttps(request.headers.origin) || request.protocol === 'https';
  const cookie = `${https ? NAMES.https : NAMES.http}=${value}; Path=/; HttpOnly; SameSite=Lax`;
  reply.header('set-cookie', https ? `${cookie}; Secure` : cookie);
}

function isHttps(url: string | undefined): boolean {
  return url?.startsWith('https://') ?? false;
}
