import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { readWebhookSecrets, validSecrets } from '../../db/secrets/signing-secrets';
import type { WebhookRow } from '../../db/webhooks/webhooks';
import { redactSecrets } from '../../domain/webhooks/redact';
import type { RenderedRequest } from '../../domain/webhooks/delivery';
import { AnyNumber } from '../../domain/numeral';
import { discoverFields } from '../../domain/webhooks/discover-fields';
import { LiveDataType } from '../../domain/webhooks/live-data';
import { authorizedBody, showRequest } from '../../webhook/authenticate';
import { standardHeaders } from '../../webhook/sign';
import { type TestCall, runTestCall } from '../../webhook/test-call';
import type { Api, AppDeps } from '../deps';
import type { RequestDeps } from '../http/author';
import { ERRORS } from '../http/errors';
import { onceReserved } from '../http/once';
import { record } from '../../usecases/audit/record';
import { issueTestToken } from '../../usecases/webhooks/test-token';
import { definitionOf } from '../../usecases/webhooks/definition';
import { WEBHOOK_EXAMPLE } from './definition';
import {
  SampleWebhook,
  SampleTile,
  LiveDataSample,
  namedWebhook,
  Names,
  renderSample,
  SampleWorkflowId,
  ShownRequest,
  WebhookId,
} from './sample-request';
import { plainSecret } from '../../usecases/webhooks/secrets';
import { testCallResultOf, type TestLimit, TestCallResult } from './test-result';

const Test = z.strictObject({
  webhook: SampleWebhook,
  webhookId: WebhookId.optional().describe('The saved webhook whose secret {"set": true} stands for.'),
  sample: z
    .looseObject({ ...Names, workflowId: SampleWorkflowId, liveData: LiveDataSample })
    .prefault({})
    .describe('Fills the templates: the profile of a user, with email or userId, and the trigger data.'),
  triggerData: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('The trigger data, where it differs from the profile. Left out, the sample is both.'),
  tile: SampleTile,
});
type Test = z.infer<typeof Test>;

const Result = TestCallResult.extend({
  request: ShownRequest,
  fields: z
    .array(
      z.object({
        path: z.string(),
        type: LiveDataType,
        sample: z.union([z.string(), AnyNumber, z.boolean()]).nullable(),
      }),
    )
    .describe('Of a JSON answer: what can be chosen as live data.'),
  testToken: z.string().optional().describe('Send it when you save this webhook. It is valid for 24 hours.'),
});

/** Run Test (B106 to B109): one real call, described in full. A failure of the endpoint is never an error of it. */
export function webhookTestRoute(app: Api, deps: AppDeps, limited: TestLimit): void {
  app.route({
    method: 'POST',
    url: '/journeyWebhooks/test',
    config: {
      scope: 'integrations',
      example: { webhook: WEBHOOK_EXAMPLE, sample: { email: 'ada@example.com', plan: 'pro' } },
    },
    schema: {
      operationId: 'testJourneyWebhook',
      summary: 'Test a webhook with one call',
      description: 'Calls the endpoint once, with sample data. Nothing of it is stored.',
      tags: ['Journey webhooks'],
      body: Test,
      response: { 200: Result, ...ERRORS },
    },
    handler: (request, reply) =>
      onceReserved(deps, request, reply, (own) => limited(reply, () => runTest(own, request.body))),
  });
}

async function runTest(deps: RequestDeps, { webhook, webhookId, tile, ...test }: Test) {
  const { name, definition } = definitionOf(webhook, 'webhook');
  const saved = webhookId === undefined ? undefined : await namedWebhook(deps, webhookId);
  const rendered = renderSample(deps, definition, contextOf(test), tile);
  const secret = await plainSecret(deps.db, deps.sealer, webhook, saved);
  const signing = definition.signing.enabled ? await signingSecretsOf(deps, saved) : [];
  const { authentication, dataRetrieval } = definition;
  const body = authorizedBody(rendered.body, authentication, secret);
  const request = identified({ ...rendered, body }, signing);
  await record(deps.db, deps.author, { action: 'webhook.test', id: webhookId, name });
  const trial = await runTestCall(deps.agent, request, { authentication, secret, needsJson: dataRetrieval });
  const testToken = trial.error ? undefined : issueTestToken(deps.sealer, { definition, secret });
  return {
    request: showRequest({ ...request, body: rendered.body }, definition.authentication),
    ...shown(trial),
    testToken,
  };
}

/** A webhook that was never saved with signing has no secret to sign with yet. */
async function signingSecretsOf({ db, sealer }: AppDeps, saved?: WebhookRow): Promise<string[]> {
  if (saved === undefined) return [];
  const { signing } = await readWebhookSecrets(db, sealer, saved);
  return validSecrets(signing, Date.now());
}

/** The prefix of the id shows a receiver that this is a test. */
function identified(request: RenderedRequest, signing: string[]): RenderedRequest {
  const now = Math.floor(Date.now() / 1_000);
  const headers = standardHeaders(`test_${randomUUID()}`, now, request.body ?? '', signing);
  return { ...request, headers: { ...request.headers, ...headers } };
}

/** Without trigger data the sample stands for it too, so that a field is found wherever it is looked for. */
function contextOf({ sample, triggerData }: Pick<Test, 'sample' | 'triggerData'>) {
  const { email = null, userId = null, workflowId, liveData, ...fields } = sample;
  return { profile: fields, triggerData: triggerData ?? fields, email, userId, workflowId, liveData };
}

function shown(trial: TestCall): Omit<z.infer<typeof Result>, 'request'> {
  const fields = discoverFields(trial.json).map(({ sample, ...field }) => ({
    ...field,
    sample: typeof sample === 'string' ? redactSecrets(sample, trial.secrets) : sample,
  }));
  return { ...testCallResultOf(trial), fields };
}
