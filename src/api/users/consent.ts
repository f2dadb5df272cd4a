import { z } from 'zod';
import { setConsent } from '../../db/users/consents';
import { updateUser } from '../../db/users/users';
import { ConsentAction, ConsentCategory } from '../../domain/webhooks/inline-webhook';
import type { Api, AppDeps } from '../deps';
import { Envelope, ERRORS } from '../http/errors';
import { requiredIdentityOf } from './identity';

const Consent = z.object({
  email: z.string().nullish(),
  userId: z.string().nullish(),
  category: ConsentCategory,
  action: ConsentAction,
});

/** What a user accepts or declines, for the webhooks that stand in tiles (B148). An unknown user is made. */
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
    handler: async ({ body }) => {
      const { category, action } = body;
      const identity = requiredIdentityOf(body);
      if (!(await setConsent(deps.db, identity, category, action))) {
        const nothing = { dataFields: {}, mergeNestedObjects: false, createNewFields: true };
        await updateUser(deps, { ...identity, ...nothing });
        await setConsent(deps.db, identity, category, action);
      }
      return { msg: '', code: 'Success', params: null };
    },
  });
}
