import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AppDeps } from '../deps';

/* What a sign-in elsewhere has to be checked with when it comes back is kept by the browser, sealed, and for a while. */

const NAMES = { https: '__Host-wayhook_oidc', http: 'wayhook_oidc' };
const PURPOSE = 'sign-in elsewhere';
const LASTS_S = 600;

const Attempt = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The page of ours that was asked for. */
  next: z.string(),
  until: z.number(),
});
type Attempt = Omit<z.infer<typeof Attempt>, 'until'>;

type Deps = Pick<AppDeps, 'sealer' | 'listening'>;

export function rememberAttempt(reply: FastifyReply, deps: Deps, attempt: Attempt): void {
  const until = Date.now() + LASTS_S * 1_000;
  const sealed = deps.sealer.seal(PURPOSE, JSON.stringify({ ...attempt, until }));
  setCookie(reply, deps, `${sealed.toString('base64url')}; Max-Age=${LASTS_S}`);
}

export function clearAttempt(reply: FastifyReply, deps: Deps): void {
  setCookie(reply, deps, '; Max-Age=0');
}

/** Undefined when there is none, when it is too old, and when it is not ours. */
export function readAttempt({ headers }: FastifyRequest, deps: Deps): Attempt | undefined {
  const name = nameFor(deps);
  const values = (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  if (values.length !== 1) return undefined;
  try {
    const opened = deps.sealer.open(PURPOSE, Buffer.from(values[0]!, 'base64url'));
    const { until, ...attempt } = Attempt.parse(JSON.parse(opened));
    return until > Date.now() ? attempt : undefined;
  } catch {
    return undefined;
  }
}

/** The provider sends people back to the public address, so it decides. */
function nameFor({ listening: { publicUrl } }: Deps): string {
  return publicUrl.startsWith('https://') ? NAMES.https : NAMES.http;
}

function setCookie(reply: FastifyReply, deps: Deps, value: string): void {
  const name = nameFor(deps);
  const cookie = `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`;
  reply.header('set-cookie', name === NAMES.https ? `${cookie}; Secure` : cookie);
}
