import { z } from 'zod';
import { setConsent } from '../../usecases/users/set-consent';
import { ConsentAction, ConsentCategory } from '../../domain/webhooks/inline-webhook';
import type { Api, AppDeps } from '../deps';
import { Envelope, ERRORS } from '../http/errors';
import { once } from '../http/once';
import { requiredNamesOf } from './identity';

const Consent = z.object({
  email: z.string().nullish(),
  userId: z.string().nullish(),
  category: ConsentCategory,
  action: ConsentAction,
});

/** What a user accepts or declines, for inline webhooks of tiles (B148). An unknown user is created. */
export function consentRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/users/consent',
    config: { scope: 'trigger', iterable: true },
    schema: {
      operationId: 'setConsent',
      summary: 'Accept or decline a consent category',
      tags: ['Iterable-compatible'],
      body: Consent,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { category, action } = request.body;
        await setConsent(own, requiredNamesOf(request.body), category, action);
        return { msg: '', code: 'Success', params: null };
      }),
  });
}
