import { createWebhookCache } from '../../src/activities/webhook-cache';
import { findWebhook, updateWebhook } from '../../src/db/webhooks/webhooks';
import type { Reply } from '../support/receiver';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function point(webhookId: number, endpoint: string): Promise<void> {
  const { name, definition, secretId } = (await findWebhook(world.db, webhookId))!;
  await updateWebhook(world.db, webhookId, { name, definition: { ...definition, endpoint }, secretId });
}

describe('an edited webhook', () => {
  it('is called in its edited form by entries already under way (B123)', async () => {
    const { receiver } = world;
    const webhookId = await world.webhook({ endpoint: `${receiver.url}/old-address` });
    const edit: Reply = (_request, response) =>
      void point(webhookId, `${receiver.url}/new-address`).then(() => response.end());
    receiver.respondAt('/edits', edit);
    const editing = await world.webhook({ endpoint: `${receiver.url}/edits` });
    const journeyId = await world.journey([
      { id: 'before', type: 'webhook', webhookId },
      { id: 'edit', type: 'webhook', webhookId: editing },
      { id: 'after', type: 'webhook', webhookId },
    ]);
    await world.ended(await world.enter(journeyId));
    expect(receiver.requests.map(({ url }) => url)).toEqual(['/old-address', '/edits', '/new-address']);
  });

  it('is called in its old form only as long as the cache lasts (B123)', async () => {
    const webhookId = await world.webhook({ endpoint: 'https://old.example.com/' });
    const lasting = createWebhookCache(world.db, world.sealer, 3_600_000);
    const brief = createWebhookCache(world.db, world.sealer, 50);
    const endpointOf = async (cache: typeof brief) => (await cache(webhookId))!.webhook.endpoint;
    expect([await endpointOf(lasting), await endpointOf(brief)]).toEqual(
      Array(2).fill('https://old.example.com/'),
    );
    await point(webhookId, 'https://new.example.com/');
    const seen = await until(async () => {
      const endpoint = await endpointOf(brief);
      return endpoint !== 'https://old.example.com/' && endpoint;
    });
    expect(seen).toBe('https://new.example.com/');
    expect(await endpointOf(lasting)).toBe('https://old.example.com/');
  });
});
