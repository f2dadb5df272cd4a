import { z } from 'zod';
import { type CommerceEvent, recordCommerce } from '../../usecases/events/record-commerce';
import { jsonTrapIn } from '../../domain/json';
import { FIELD_DEPTH } from '../../domain/users/profile';
import type { Api, AppDeps } from '../deps';
import { Envelope, ERRORS } from '../http/errors';
import { once } from '../http/once';
import { UnixTime } from '../http/schemas';
import { ExternalEventId } from './track';
import { MAX_INT } from '../../db/connection/ids';
import { UserUpdate, updateOf } from '../users/routes';

const Item = z.looseObject({
  id: z.string().min(1).max(256),
  name: z.string().max(1_000),
  price: z.number(),
  quantity: z.int().min(0),
});

const MOST_ITEMS = 1_000;
/** They become a field of the profile. */
const Items = z
  .array(Item)
  .max(MOST_ITEMS)
  .refine((items) => jsonTrapIn(items, FIELD_DEPTH) === undefined, 'The items are nested too deeply.');

const Purchase = z.object({
  user: UserUpdate,
  items: Items,
  total: z.number(),
  id: ExternalEventId.nullish().describe(
    'Your own id of the purchase. The same again of this user updates it and begins nothing.',
  ),
  createdAt: UnixTime.nullish(),
  campaignId: z.int().min(0).max(MAX_INT).nullish(),
  templateId: z.int().min(0).max(MAX_INT).nullish(),
  dataFields: z.record(z.string(), z.unknown()).nullish(),
});

const CART = {
  user: { email: 'ada@example.com' },
  items: [{ id: 'tea-1', name: 'Tea', price: 12, quantity: 2 }],
};
const TAGS = ['Iterable-compatible'];
const config = { scope: 'trigger', iterable: true } as const;
const SUCCESS = { msg: '', code: 'Success', params: null };

/** Purchases and carts: they update the user and may start journeys (B087, B091). */
export function commerceRoutes(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/commerce/trackPurchase',
    config: { ...config, example: { ...CART, total: 24 } },
    schema: {
      operationId: 'trackPurchase',
      summary: 'Track a purchase',
      tags: TAGS,
      body: Purchase,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { user, ...purchase } = request.body;
        await recordCommerce(own, updateOf(user), purchaseOf(purchase));
        return SUCCESS;
      }),
  });
  app.route({
    method: 'POST',
    url: '/commerce/updateCart',
    config: { ...config, example: CART },
    schema: {
      operationId: 'updateCart',
      summary: 'Update a cart',
      tags: TAGS,
      body: z.object({ user: UserUpdate, items: Items }),
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { user, items } = request.body;
        const cart = { kind: 'cartUpdate', items, dataFields: {}, createdAt: Date.now() } as const;
        await recordCommerce(own, updateOf(user), cart);
        return SUCCESS;
      }),
  });
}

function purchaseOf(purchase: Omit<z.infer<typeof Purchase>, 'user'>): CommerceEvent {
  const { items, total, id, createdAt, campaignId, templateId, dataFields } = purchase;
  return {
    kind: 'purchase',
    items,
    total,
    dataFields: dataFields ?? {},
    externalId: id ?? undefined,
    createdAt: createdAt ?? Date.now(),
    campaignId: campaignId ?? undefined,
    templateId: templateId ?? undefined,
  };
}
