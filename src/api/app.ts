import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { ApiError } from '../domain/errors';
import { registerAuthentication } from './http/authentication';
import { commerceRoutes } from './events/commerce';
import { consentRoute } from './users/consent';
import { deliveryRoutes } from './deliveries/routes';
import type { Api, AppDeps } from './deps';
import { registerDocs } from './http/docs';
import { entryRoutes } from './entries/routes';
import { answerError } from './http/errors';
import { eventWebhookActionRoutes } from './event-webhooks/actions';
import { eventWebhookRoutes } from './event-webhooks/routes';
import { eventListRoutes } from './events/list';
import { eventRoutes } from './events/track';
import { exportRoutes } from './users/export';
import { healthRoutes } from './http/health';
import { importRoutes } from './users/import';
import { inboxRecorder, inboxRoutes } from './inbox/routes';
import { jobRoutes } from './jobs/routes';
import { journeyListRoute } from './journeys/list';
import { journeyVersionRoutes } from './journeys/versions';
import { journeyRoutes } from './journeys/routes';
import { BODY_LIMIT, registerJson } from './http/json';
import { listMemberRoutes } from './lists/members';
import { listRoutes } from './lists/routes';
import { messageRoute } from './users/messages';
import { notificationRoutes } from './notifications/routes';
import { triggerRoute } from './journeys/trigger';
import { registerUnknownRoutes } from './http/unknown-routes';
import { bulkUpdateRoute } from './users/bulk-update';
import { updateEmailRoute } from './users/change-email';
import { erasureRoutes } from './users/erase';
import { mergeRoute } from './users/merge';
import { tagsRoute } from './users/tags';
import { userRoutes } from './users/routes';
import { webhookUsageRoutes } from './webhooks/usage';
import { webhookPreviewRoute } from './webhooks/preview';
import { signingRoute } from './webhooks/signing';
import { webhookTestRoute } from './webhooks/run-test';
import { createTestLimit } from './webhooks/test-result';
import { webhookRoutes } from './webhooks/routes';

/** Longer than any identifier in a path, percent-encoded. */
const MAX_PARAM_LENGTH = 1_024;

/** The HTTP server, not listening yet. What it answers is fixed by its OpenAPI document, /api/openapi.json. */
export function createApp(deps: AppDeps): FastifyInstance {
  const app = Fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    clientErrorHandler: answerBrokenRequest,
  });
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (data) => {
    const { error, data: value } = schema.safeParse(data);
    return error ? { error } : { value };
  });
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  registerUnknownRoutes(app);
  logRequests(app);
  registerDocs(app, deps.version);
  app.register(async (open) => healthRoutes(open as Api, deps));
  app.register(async (open) => inboxRecorder(open, deps));
  app.register(async (api) => apiRoutes(api, deps), { prefix: '/api' });
  return app;
}

/** All routes that need a key. */
function apiRoutes(app: FastifyInstance, deps: AppDeps): void {
  registerJson(app);
  registerAuthentication(app, deps.db);
  app.addHook('onRequest', async ({ url }) => refuseNul(url));
  const api = app as Api;
  webhookRoutes(api, deps);
  webhookUsageRoutes(api, deps);
  signingRoute(api, deps);
  webhookPreviewRoute(api, deps);
  const limited = createTestLimit();
  webhookTestRoute(api, deps, limited);
  eventWebhookRoutes(api, deps);
  eventWebhookActionRoutes(api, deps, limited);
  journeyListRoute(api, deps);
  journeyRoutes(api, deps);
  journeyVersionRoutes(api, deps);
  triggerRoute(api, deps);
  userRoutes(api, deps);
  bulkUpdateRoute(api, deps);
  updateEmailRoute(api, deps);
  mergeRoute(api, deps);
  tagsRoute(api, deps);
  importRoutes(api, deps);
  exportRoutes(api, deps);
  listRoutes(api, deps);
  listMemberRoutes(api, deps);
  consentRoute(api, deps);
  messageRoute(api, deps);
  eventRoutes(api, deps);
  eventListRoutes(api, deps);
  commerceRoutes(api, deps);
  erasureRoutes(api, deps);
  entryRoutes(api, deps);
  deliveryRoutes(api, deps);
  jobRoutes(api, deps);
  notificationRoutes(api, deps);
  inboxRoutes(api, deps);
}

/** Postgres stores no text with a NUL, and fails to search for one. */
function refuseNul(url: string): void {
  if (url.includes('%00')) {
    throw new ApiError('BadParams', 'The URL has a NUL character (%00) in it. Remove it.');
  }
}

/** What is no HTTP has no request or reply yet: the envelope goes straight to the socket. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const body = JSON.stringify({ msg: 'This is not a valid HTTP request.', code: 'BadParams', params: null });
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}

/** The route's pattern, not the URL, which may hold an email; never a header, never a body. */
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, log } = request;
    const ms = Math.round(reply.elapsedTime);
    log.info({ method, route: routeOptions.url ?? 'unknown', status: reply.statusCode, ms }, 'request');
  });
}
