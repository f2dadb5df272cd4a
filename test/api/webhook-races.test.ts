import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../src/db/client';
import { freezeVersion, lockJourney } from '../../src/db/journeys';
import {
  findWebhook,
  holdWebhooks,
  lockWebhooks,
  markWebhookDeleted,
  updateWebhook,
} from '../../src/db/webhooks';
import { planOf } from '../../src/domain/plan';
import { type ApiWorld, createApiWorld } from '../support/api-world';
import { until } from '../support/until';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const create = async (): Promise<number> => {
  const webhook = { name: 'Score', endpoint: 'https://api.example.com/score' };
  return (await world.call('POST', '/api/journeyWebhooks', webhook)).body.id;
};

/** The embedded database has one connection, which the transaction holds: whoever comes then waits in line. */
async function someoneWaits(): Promise<void> {
  if (!process.env.DATABASE_URL) return;
  const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await until(async () => (await rowsOf(world.db, waiting)).length > 0);
}

/** Does something in a transaction that ends only when a call, made meanwhile, waits for it. */
async function meanwhile(change: (tx: Database) => Promise<void>, call: () => ReturnType<ApiWorld['call']>) {
  let answer: ReturnType<ApiWorld['call']> | undefined;
  await world.db.transaction(async (tx) => {
    await change(tx);
    answer = call();
    await someoneWaits();
  });
  return await answer!;
}

describe('publishing a version and changing a webhook that it names, at one moment,', () => {
  it('ends in a version that is refused when the deletion was first (B127)', async () => {
    const webhookId = await create();
    const tiles = [{ id: 'crm', type: 'webhook', webhookId }];
    const { body: journey } = await world.call('POST', '/api/journeys', { name: 'Late', tiles });
    const answer = await meanwhile(
      async (tx) => {
        await lockWebhooks(tx, [webhookId]);
        await markWebhookDeleted(tx, webhookId);
      },
      () => world.call('POST', `/api/journeys/${journey.id}/publish`),
    );
    expect(answer).toMatchObject({
      status: 400,
      body: { params: { 'tiles[0].webhookId': expect.anything() } },
    });
  });

  it.each(['PUT', 'DELETE'])(
    'ends in a %s that is refused when the version was first (B127)',
    async (method) => {
      const webhookId = await create();
      const { definition } = (await findWebhook(world.db, webhookId))!;
      const retrieving = { ...definition, dataRetrieval: true };
      await updateWebhook(world.db, webhookId, { name: 'Score', definition: retrieving, secretId: null });
      const tiles = [{ id: 'score', type: 'liveData', name: 'score', webhookId }];
      const { body } = await world.call('POST', '/api/journeys', { name: 'Early', tiles });
      const edited = { name: 'Edited', endpoint: 'https://api.example.com/other' };
      const answer = await meanwhile(
        async (tx) => {
          const journey = (await lockJourney(tx, body.id))!;
          await holdWebhooks(tx, [webhookId]);
          await freezeVersion(tx, journey, journey.definition, planOf(journey.id, journey.definition.tiles));
        },
        () => world.call(method, `/api/journeyWebhooks/${webhookId}`, method === 'PUT' ? edited : undefined),
      );
      expect(answer).toMatchObject({ status: 409, body: { code: 'Conflict' } });
    },
  );
});
