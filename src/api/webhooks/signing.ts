import { z } from 'zod';
import { lockWebhook } from '../../db/webhooks/webhooks';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { IdInPath } from '../http/schemas';
import { rotateSecret } from '../../usecases/webhooks/secrets';
import { record } from '../../usecases/audit/record';
import { unknownWebhook } from './routes';

/** A new signing secret beside the old one, which signs for another day. */
export function signingRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/journeyWebhooks/:id/rotateSigningSecret',
    config: { scope: 'integrations' },
    schema: {
      operationId: 'rotateSigningSecret',
      summary: 'Rotate the signing secret',
      description: 'The answer is the only time that the new secret is shown.',
      tags: ['Journey webhooks'],
      params: IdInPath,
      body: z.strictObject({}).nullish(),
      response: { 200: z.object({ secret: z.string() }), ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async ({ db, sealer, author }) => {
        const { id } = request.params;
        const secret = await db.transaction(async (tx) => {
          const { name } = (await lockWebhook(tx, id)) ?? unknownWebhook(id);
          await record(tx, author, { action: 'webhook.rotateSecret', id, name });
          return rotateSecret(tx, sealer, { webhookId: id });
        });
        return { secret };
      }),
  });
}
