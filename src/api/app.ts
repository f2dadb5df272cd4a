import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { ApiError } from '../domain/errors';
import { wordsOfType } from '../domain/words-of-types';
import { apiKeyRoutes } from './api-keys/routes';
import { auditLogRoutes } from './audit-log/routes';
import { registerAuthentication } from './authentication/authentication';
import { callbackRoutes } from './callbacks/routes';
import { commerceRoutes } from './events/commerce';
import { consoleAssets, createConsolePage } from './console/page';
import { consentRoute } from './users/consent';
import { deliveryReportRoutes } from './deliveries/reports';
import { deliveryRoutes } from './deliveries/routes';
import type { Api, AppDeps } from './deps';
import { createBareApp } from './http/bare-app';
import { registerDocs } from './http/docs';
import { entryRoutes } from './entries/routes';
import { eventWebhookActionRoutes } from './event-webhooks/actions';
import { eventWebhookRoutes } from './event-webhooks/routes';
import { eventListRoutes } from './events/list';
import { trackRoute } from './events/track';
import { trackBulkRoute } from './events/track-bulk';
import { exportRoutes } from './users/export';
import { registerIdempotency } from './http/idempotency';
import { registerRevisions } from './http/revisions';
import { healthRoutes } from './http/health';
import { importRoutes } from './users/import';
import { inboxRecorder, inboxRoutes } from './inbox/routes';
import { jobRoutes } from './jobs/routes';
import { journeyListRoute } from './journeys/list';
import { journeyNamesRoute } from './journeys/names';
import { journeyTileRoutes } from './journeys/tiles';
import { journeyVersionRoutes } from './journeys/versions';
import { refusedRoute } from './journeys/refused';
import { journeyRoutes } from './journeys/routes';
import { journeyTestRoute } from './journeys/test-run';
import { journeyCheckRoute } from './journeys/check';
import { simulationRoutes } from './journeys/simulate';
import { registerJson } from './http/json';
import { serializeWithOpenWords } from './http/open-words';
import { createKnownKeys } from './authentication/known-keys';
import { listMemberRoutes } from './lists/members';
import { listRoutes } from './lists/routes';
import { listUsageRoutes } from './lists/usage';
import { messageRoute } from './users/messages';
import { oidcRoutes } from './people/oidc';
import { peopleRoutes } from './people/people';
import { sessionRoutes } from './people/session';
import { signInRoutes } from './people/sign-in';
import { notificationRoutes } from './notifications/routes';
import { triggerRoute } from './journeys/trigger';
import { bulkUpdateRoute } from './users/bulk-update';
import { updateEmailRoute } from './users/change-email';
import { erasureRoutes } from './users/erase';
import { mergeRoute } from './users/merge';
import { userSearchRoutes } from './users/search';
import { tagsRoute } from './users/tags';
import { userRoutes } from './users/routes';
import { compatibleWebhookListRoute } from './webhooks/compatible-list';
import { webhookNamesRoute } from './webhooks/names';
import { webhookUsageRoutes } from './webhooks/usage';
import { webhookPreviewRoute } from './webhooks/preview';
import { signingRoute } from './webhooks/signing';
import { webhookTestRoute } from './webhooks/run-test';
import { createTestLimit } from './webhooks/test-result';
import { webhookRoutes } from './webhooks/routes';

/** The HTTP server, not listening yet. What it answers is fixed by its OpenAPI document, /api/openapi.json. */
export function createApp(deps: AppDeps): FastifyInstance {
  const { consoleFolder } = deps;
  const answerPage = consoleFolder === undefined ? undefined : createConsolePage(consoleFolder);
  const app = createBareApp({ ...deps, answerPage });
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (data) => {
    const { error, data: value } = schema.safeParse(data, { error: wordsOfType });
    return error ? { error } : { value };
  });
  app.setSerializerCompiler(serializeWithOpenWords(deps.logger));
  registerDocs(app, deps.version);
  app.register(async (open) => healthRoutes(open as Api, deps));
  app.register(async (open) => inboxRecorder(open, deps));
  app.register(async (open) => callbackRoutes(open, deps));
  app.register(async (open) => openRoutes(open, deps), { prefix: '/api' });
  if (consoleFolder !== undefined) consoleAssets(app, consoleFolder);
  app.register(async (api) => apiRoutes(api, deps), { prefix: '/api' });
  return app;
}

/** Where people sign in. */
function openRoutes(app: FastifyInstance, deps: AppDeps): void {
  registerJson(app);
  oidcRoutes(app as Api, deps);
  signInRoutes(app as Api, deps);
}

/** All routes that need a key or a session. */
function apiRoutes(app: FastifyInstance, deps: AppDeps): void {
  registerJson(app);
  const keys = createKnownKeys(deps.db);
  registerAuthentication(app, { ...deps, keys });
  registerIdempotency(app);
  registerRevisions(app);
  app.addHook('onRequest', async ({ url }) => refuseNul(url));
  const api = app as Api;
  webhookRoutes(api, deps);
  webhookUsageRoutes(api, deps);
  webhookNamesRoute(api, deps);
  compatibleWebhookListRoute(api);
  signingRoute(api, deps);
  webhookPreviewRoute(api, deps);
  const limited = createTestLimit();
  webhookTestRoute(api, deps, limited);
  eventWebhookRoutes(api, deps);
  eventWebhookActionRoutes(api, deps, limited);
  journeyListRoute(api, deps);
  journeyNamesRoute(api, deps);
  journeyRoutes(api, deps);
  refusedRoute(api, deps);
  journeyVersionRoutes(api, deps);
  journeyTestRoute(api, deps);
  journeyCheckRoute(api, deps);
  simulationRoutes(api, deps);
  journeyTileRoutes(api, deps);
  triggerRoute(api, deps);
  userRoutes(api, deps);
  userSearchRoutes(api, deps);
  bulkUpdateRoute(api, deps);
  updateEmailRoute(api, deps);
  mergeRoute(api, deps);
  tagsRoute(api, deps);
  importRoutes(api, deps);
  exportRoutes(api, deps);
  listRoutes(api, deps);
  listMemberRoutes(api, deps);
  listUsageRoutes(api, deps);
  consentRoute(api, deps);
  messageRoute(api, deps);
  trackRoute(api, deps);
  trackBulkRoute(api, deps);
  eventListRoutes(api, deps);
  commerceRoutes(api, deps);
  erasureRoutes(api, deps);
  entryRoutes(api, deps);
  deliveryReportRoutes(api, deps);
  deliveryRoutes(api, deps);
  jobRoutes(api, deps);
  notificationRoutes(api, deps);
  inboxRoutes(api, deps);
  apiKeyRoutes(api, deps, keys);
  auditLogRoutes(api, deps);
  peopleRoutes(api, deps);
  sessionRoutes(api, deps);
}

/** Postgres stores no text with a NUL, and fails to search for one. */
function refuseNul(url: string): void {
  if (url.includes('%00')) {
    throw new ApiError('BadParams', 'The URL has a NUL character (%00) in it. Remove it.');
  }
}
