import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Callback, CALLBACK_PATH } from '../../domain/webhooks/callback';
import { takeCall, verifyCallback } from '../../usecases/deliveries/call-back';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { parseJson, textOf } from '../http/json';

const BODY_BYTES = 65_536;
const BODY_MS = 10_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** The delivery that the request calls back, once its signature was found to be right. */
    calledDelivery: string;
  }
}

/** One-time addresses that endpoints call back: no key, but a token and a signature. */
export function callbackRoutes(app: FastifyInstance, deps: AppDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.decorateRequest('calledDelivery', '');
  (app as Api).route({
    method: 'POST',
    url: `${CALLBACK_PATH}:token`,
    bodyLimit: BODY_BYTES,
    config: { bodyMs: BODY_MS },
    schema: {
      operationId: 'callBack',
      summary: 'Call back a request that was accepted',
      description:
        'At the address that a request carried in Wayhook-Callback-Url, once, and signed as Standard Webhooks with the ' +
        'webhook’s signing secret: 401 else. A second call is answered 409, one after the end of the wait 410.',
      tags: ['Callbacks'],
      params: z.object({ token: z.string() }),
      body: Callback,
      response: { 200: z.object({ taken: z.literal(true) }), ...ERRORS },
    },
    // A signature is of the bytes as they came in.
    preValidation: async (request) => {
      const body = textOf(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
      const { token } = request.params as { token: string };
      request.calledDelivery = await verifyCallback(deps, { token, headers: request.headers, body });
      (request as { body: unknown }).body = await parseJson(body);
    },
    handler: async ({ calledDelivery, body }) => {
      await takeCall(deps, calledDelivery, body);
      return { taken: true as const };
    },
  });
}
