import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { ANSWER_HEADERS } from './answer-headers';
import { answerBrokenRequest } from './broken-requests';
import { answerError } from './errors';
import { type Listening, refuseForeignRequests } from './foreign-requests';
import { BODY_LIMIT } from './json';
import { HEAD_MS, limitBodyTime } from './slow-bodies';
import { type AnswerPage, registerUnknownRoutes } from './unknown-routes';

/** Longer than any identifier in a path, percent-encoded. */
const MAX_PARAM_LENGTH = 1_024;

/** What every HTTP server of the program is, before its routes. */
export function createBareApp({
  logger,
  listening,
  answerPage,
}: {
  logger: FastifyBaseLogger;
  listening: Listening;
  answerPage?: AnswerPage;
}): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    // Else whoever sends X-Forwarded-For chooses their address.
    trustProxy: listening.trustedProxies ?? false,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // Node and Fastify would answer these themselves, without the envelope.
    http: { requireHostHeader: false, headersTimeout: HEAD_MS },
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    // Before any hook: nothing bounds the time of their bodies, so the connection is closed.
    frameworkErrors: (error, request, reply) =>
      void answerError(error, request, reply.headers({ ...ANSWER_HEADERS, connection: 'close' })),
  });
  // Else Node answers 417 itself. A server may ignore what it does not know here (RFC 9110, 10.1.1).
  app.server.on('checkExpectation', (...request) => app.server.emit('request', ...request));
  limitBodyTime(app);
  app.addHook('onRequest', async (_request, reply) => void reply.headers(ANSWER_HEADERS));
  refuseForeignRequests(app, listening);
  app.setErrorHandler(answerError);
  registerUnknownRoutes(app, answerPage);
  logRequests(app);
  return app;
}

/** The route's pattern, not the URL, which may hold an email; never a header, never a body. */
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, log } = request;
    const ms = Math.round(reply.elapsedTime);
    log.info({ method, route: routeOptions.url ?? 'unknown', status: reply.statusCode, ms }, 'request');
  });
}
