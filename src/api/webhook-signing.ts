import { z } from 'zod';
import { countSigningSecrets, insertSigningSecret, retireSigningSecret } from '../db/signingSecrets';
import { lockWebhook } from '../db/webhooks';
import { RequestError } from '../domain/errors';
import { newSigningSecret } from '../webhook/sign';
import type { Api, AppDeps } from './deps';
import { ERRORS } from './errors';
import { IdInPath } from './schemas';
import { unknownWebhook } from './webhooks';

/** Each of them signs every request, in one header: so many fit it with ease. */
const MOST_SECRETS = 10;

/** A new signing secret beside the old one, which signs for another day. */
export function signingRoute(app: Api, { db, sealer }: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/journeyWebhooks/:id/rotateSigningSecret',
    config: { scope: 'integrations' },
    schema: {
      operationId: 'rotateSigningSecret',
      description: 'The answer is the only time that the new secret is shown.',
      tags: ['Journey webhooks'],
      params: IdInPath,
      body: z.strictObject({}).nullish(),
      response: { 200: z.object({ secret: z.string() }), ...ERRORS },
    },
    handler: async ({ params: { id } }) => {
      const secret = newSigningSecret();
      await db.transaction(async (tx) => {
        if (!(await lockWebhook(tx, id))) unknownWebhook(id);
        if ((await countSigningSecrets(tx, id)) >= MOST_SECRETS) throw tooMany(id);
        await retireSigningSecret(tx, id);
        await insertSigningSecret(tx, sealer, id, secret);
      });
      return { secret };
    },
  });
}

function tooMany(id: number): RequestError {
  return new RequestError(
    'Conflict',
    `Webhook ${id} signs with ${MOST_SECRETS} secrets already, the most at a time. Rotate again once an old one has had its day.`,
  );
}
