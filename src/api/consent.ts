import { z } from 'zod';
import { setConsent } from '../db/consents';
import { updateUser } from '../db/users';
import { RequestError } from '../domain/errors';
import { ConsentAction, ConsentCategory } from '../domain/inline-webhook';
import type { Api, AppDeps } from './deps';
import { Envelope, ERRORS } from './errors';
import { oneIdentityOf } from './identity';

const Consent = z.object({
  email: z.string().nullish(),
  userId: z.string().nullish(),
  category: ConsentCategory,
  action: ConsentAction,
});

/** What a user accepts or declines, for the webhooks that stand in tiles (B148). An unknown user is made. */
export function consentRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/users/consent',
    config: { scope: 'trigger', iterable: true },
    schema: {
      operationId: 'setConsent',
      tags: ['Iterable-compatible'],
      body: Consent,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: async ({ body }) => {
      const { category, action } = body;
      const identity = oneIdentityOf(body);
      if (identity === undefined) {
        throw new RequestError('BadParams', 'Either email or userId must be set to name the user.');
      }
      if (!(await setConsent(db, identity, category, action))) {
        const nothing = { dataFields: {}, mergeNestedObjects: false, createNewFields: true };
        await updateUser(db, { ...identity, ...nothing });
        await setConsent(db, identity, category, action);
      }
      return { msg: '', code: 'Success', params: null };
    },
  });
}
