import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError } from '../../domain/errors';
import { signInElsewhere } from '../../usecases/people/sign-in-elsewhere';
import type { Api, AppDeps } from '../deps';
import { clearAttempt, readAttempt, rememberAttempt } from '../authentication/attempt-cookie';
import { setSessionCookie } from '../authentication/session-cookie';
import { ERRORS } from '../http/errors';
import { SESSION_TAGS, visitOf } from './signed-in';

const CALLBACK = '/api/oidc/callback';

/** A page of ours. Another site's address begins with two slashes. */
const Next = z
  .string()
  .max(2_000)
  .regex(/^\/(?![/\\])/)
  .catch('/');

/** Signing in with an identity provider: two addresses that a browser goes to, and one that says whether there is one. */
export function oidcRoutes(app: Api, deps: AppDeps): void {
  waysRoute(app, deps);
  startRoute(app, deps);
  callbackRoute(app, deps);
}

function waysRoute(app: Api, { oidc, listening }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/oidc',
    schema: {
      operationId: 'getIdentityProvider',
      summary: 'Show where people may sign in',
      tags: SESSION_TAGS,
      response: {
        200: z.object({
          provider: z
            .object({ name: z.string(), url: z.string().describe('Where a browser begins.') })
            .nullable()
            .describe('Null without `WAYHOOK_OIDC_ISSUER`.'),
        }),
        ...ERRORS,
      },
    },
    handler: async () => ({
      provider: oidc === undefined ? null : { name: oidc.name, url: `${listening.publicUrl}/api/oidc/start` },
    }),
  });
}

function startRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/oidc/start',
    schema: { hide: true, querystring: z.looseObject({ next: Next }) },
    handler: async (request, reply) => {
      const oidc = providerOf(deps);
      const { next } = request.query;
      try {
        const { url, attempt } = await oidc.begin(`${deps.listening.publicUrl}${CALLBACK}`);
        rememberAttempt(reply, deps, { ...attempt, next });
        return reply.redirect(url);
      } catch (error) {
        return refuseWith(request, reply, deps, { failed: 'unavailable', next, error });
      }
    },
  });
}

function callbackRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/oidc/callback',
    schema: { hide: true, querystring: z.looseObject({}) },
    handler: async (request, reply) => {
      const oidc = providerOf(deps);
      const { publicUrl } = deps.listening;
      const attempt = readAttempt(request, deps);
      clearAttempt(reply, deps);
      if (attempt === undefined) return refuseWith(request, reply, deps, { failed: 'expired', next: '/' });
      const { next } = attempt;
      const answer = new URL(`${publicUrl}${CALLBACK}`);
      answer.search = new URL(request.url, publicUrl).search;
      try {
        const identity = await oidc.finish(answer, attempt);
        const signedIn = await signInElsewhere(deps.db, identity, visitOf(request));
        if ('refused' in signedIn) {
          return refuseWith(request, reply, deps, { failed: signedIn.refused, next });
        }
        setSessionCookie(request, reply, deps.listening, signedIn.token);
        return reply.redirect(`${publicUrl}${next}`);
      } catch (error) {
        return refuseWith(request, reply, deps, { failed: 'failed', next, error });
      }
    },
  });
}

function providerOf({ oidc }: AppDeps): NonNullable<AppDeps['oidc']> {
  if (oidc !== undefined) return oidc;
  throw new ApiError('NotFound', 'No identity provider is set here. Sign in with a password.');
}

/** Back to the page where one signs in, which says why. */
function refuseWith(
  { log }: FastifyRequest,
  reply: FastifyReply,
  { listening }: AppDeps,
  { failed, next, error }: { failed: string; next: string; error?: unknown },
): FastifyReply {
  if (error !== undefined) log.warn({ err: error }, 'a sign-in with the identity provider failed');
  const query = new URLSearchParams({ failed, ...(next !== '/' && { next }) });
  return reply.redirect(`${listening.publicUrl}/sign-in?${query.toString()}`);
}
