import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { openRequest } from '../../src/db/deliveries/sealed-request';
import { deliveries } from '../../src/db/schema';
import { insertSigningSecret, retireSigningSecret } from '../../src/db/secrets/signing-secrets';
import { newSigningSecret } from '../../src/webhook/sign';
import type { Recorded } from '../support/receiver';
import { createWorld, type World } from '../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** A webhook that signs, at a path of its own, and a journey that calls it. */
async function signing(input: object = {}, replies: number[] = [200]) {
  const path = `/${randomUUID()}`;
  world.receiver.respondAt(path, ...replies);
  const endpoint = world.receiver.url + path;
  const webhookId = await world.webhook({ endpoint, signing: { enabled: true }, ...input });
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
  return {
    webhookId,
    newSecret: async () => {
      const secret = newSigningSecret();
      await insertSigningSecret(world.db, world.sealer, { webhookId }, secret);
      return secret;
    },
    /** Sends one user through. Returns the requests that this brought. */
    send: async (dataFields: Record<string, unknown> = {}): Promise<Recorded[]> => {
      const before = world.receiver.requests.length;
      const { entry } = await world.ended(await world.enter(journeyId, { dataFields }));
      expect(entry.status).toBe('completed');
      return world.receiver.requests.slice(before);
    },
  };
}

/** As a receiver does it: with its secret, the bytes that came and the headers. */
function verifies(secret: string, { text, headers }: Recorded): boolean {
  try {
    new Webhook(secret).verify(text, headers as Record<string, string>, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

describe('a webhook that signs', () => {
  it.each([
    ['JSON', { body: { name: '{{name}}' } }],
    ['a form', { bodyType: 'form', body: [{ name: 'name', value: '{{name}}' }] }],
    ['a GET, which has no body', { method: 'GET' }],
    ['a DELETE with a body', { method: 'DELETE' }],
  ])('is verified by the Standard Webhooks library: %s', async (_name, input) => {
    const { newSecret, send } = await signing(input);
    const secret = await newSecret();
    const [request] = await send({ name: 'Zoë & 日本 🙂 \u2028' });
    expect(verifies(secret, request!)).toBe(true);
    expect(verifies(newSigningSecret(), request!)).toBe(false);
    expect(verifies(secret, { ...request!, text: `${request!.text} ` })).toBe(false);
  });

  it('signs each retry anew, with the same id', async () => {
    const { newSecret, send } = await signing({}, [503, 503, 200]);
    const secret = await newSecret();
    const began = Math.floor(Date.now() / 1_000);
    const requests = await send();
    expect(requests.map((request) => verifies(secret, request))).toEqual([true, true, true]);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const { headers, receivedAt } of requests) {
      const signedAt = Number(headers['webhook-timestamp']);
      expect(signedAt).toBeGreaterThanOrEqual(began);
      expect(signedAt).toBeLessThanOrEqual(receivedAt / 1_000);
    }
  });

  it('signs with the old secret too for a day after a rotation, and no longer', async () => {
    const { webhookId, newSecret, send } = await signing();
    const old = await newSecret();
    await retireSigningSecret(world.db, { webhookId });
    const fresh = await newSecret();
    const [within] = await send();
    expect([verifies(old, within!), verifies(fresh, within!)]).toEqual([true, true]);

    await world.db.execute(
      sql`update signing_secrets set expires_at = now() - interval '1 millisecond'
          where webhook_id = ${webhookId} and expires_at is not null`,
    );
    const [after] = await send();
    expect([verifies(old, after!), verifies(fresh, after!)]).toEqual([false, true]);
    expect(String(after!.headers['webhook-signature'])).not.toContain(' ');
  });

  it('freezes the request without its signature, which is made at each attempt', async () => {
    const { newSecret, send } = await signing();
    await newSecret();
    const [request] = await send();
    const id = String(request!.headers['webhook-id']);
    const [row] = await world.db.select().from(deliveries).where(eq(deliveries.id, id));
    const { headers } = openRequest(world.sealer, id, row!.request!);
    expect(headers).toEqual({ 'content-type': 'application/json' });
  });
});

describe('a webhook that does not sign', () => {
  it('still sends the id and the timestamp, and no signature', async () => {
    const { newSecret, send } = await signing({ signing: { enabled: false } });
    await newSecret();
    const [request] = await send();
    expect(request!.headers).toMatchObject({
      'webhook-id': expect.stringMatching(/^dlv_/),
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
    });
    expect(request!.headers).not.toHaveProperty('webhook-signature');
  });
});
