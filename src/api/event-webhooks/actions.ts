import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  findEventWebhook,
  lockEventWebhook,
  type EventWebhookRow,
} from '../../db/event-webhooks/event-webhooks';
import { readSecretKeys, validSecrets } from '../../db/secrets/signing-secrets';
import { writeJson } from '../../domain/lossless-json';
import { ApiError } from '../../domain/errors';
import { redactHeaders } from '../../domain/webhooks/redact';
import { SECRET_KEY_HEADER, standardHeaders } from '../../webhook/sign';
import { runTestCall } from '../../webhook/test-call';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { once, onceReserved } from '../http/once';
import { EVENT_WEBHOOK_TAGS, unknownEventWebhook } from './routes';
import { record } from '../../usecases/audit/record';
import { IdInPath } from '../http/schemas';
import { ShownRequest } from '../webhooks/sample-request';
import { rotateSecret } from '../../usecases/webhooks/secrets';
import { testCallResultOf, type TestLimit, TestCallResult } from '../webhooks/test-result';

const tags = EVENT_WEBHOOK_TAGS;
const config = { scope: 'integrations' } as const;

/** Actions on an event webhook. */
export function eventWebhookActionRoutes(app: Api, deps: AppDeps, limited: TestLimit): void {
  app.route({
    method: 'POST',
    url: '/eventWebhooks/:id/rotateSecret',
    config,
    schema: {
      operationId: 'rotateSecretKey',
      summary: 'Rotate the Secret Key',
      description:
        'The answer is the only time that the new Secret Key is shown. The old one signs too for 24 hours.',
      tags,
      params: IdInPath,
      body: z.strictObject({}).nullish(),
      response: { 200: z.object({ secretKey: z.string() }), ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async ({ db, sealer, author }) => {
        const { id } = request.params;
        const secretKey = await db.transaction(async (tx) => {
          const { name } = (await lockEventWebhook(tx, id)) ?? unknownEventWebhook(id);
          await record(tx, author, { action: 'eventWebhook.rotateSecret', id, name });
          return rotateSecret(tx, sealer, { eventWebhookId: id });
        });
        return { secretKey };
      }),
  });
  app.route({
    method: 'POST',
    url: '/eventWebhooks/:id/test',
    config,
    schema: {
      operationId: 'testEventWebhook',
      summary: 'Test an event webhook',
      description: 'Calls the endpoint once, with an event of the type “test”. Nothing of it is stored.',
      tags,
      params: IdInPath,
      body: z.strictObject({}).nullish(),
      response: { 200: TestCallResult.extend({ request: ShownRequest }), ...ERRORS },
    },
    handler: (request, reply) =>
      onceReserved(deps, request, reply, async ({ author }) => {
        const { id } = request.params;
        const webhook = (await findEventWebhook(deps.db, id)) ?? unknownEventWebhook(id);
        return limited(reply, async () => {
          await record(deps.db, author, { action: 'eventWebhook.test', id, name: webhook.name });
          return runTest(deps, webhook);
        });
      }),
  });
}

/** Makes one real call and describes it in full. A failure of the endpoint is never an error of this call. */
async function runTest({ db, sealer, agent }: AppDeps, webhook: EventWebhookRow) {
  const { id, name, targetUrl, sendSecretKey } = webhook;
  const now = Date.now();
  const keys = validSecrets(await readSecretKeys(db, sealer, id, targetUrl), now);
  if (keys.length === 0)
    throw new ApiError('Conflict', 'The event webhook was changed meanwhile. Test it again.');
  const data = { eventWebhook: { id, name } };
  const createdAt = new Date(now).toISOString();
  const body = writeJson({ id: `evt_test_${randomUUID()}`, type: 'test', createdAt, data });
  const request = {
    method: 'POST',
    url: targetUrl,
    headers: {
      'content-type': 'application/json',
      ...(sendSecretKey && { [SECRET_KEY_HEADER]: keys[0]! }),
      ...standardHeaders(`test_${randomUUID()}`, Math.floor(now / 1_000), body, keys),
    },
    body,
  };
  const authentication = { type: 'none' } as const;
  const trial = await runTestCall(agent, request, { authentication, secret: null, needsJson: false });
  return {
    request: { ...request, headers: redactHeaders(request.headers) },
    ...testCallResultOf({ ...trial, secrets: keys }),
  };
}
