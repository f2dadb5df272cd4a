import { freezeVersion, lockJourney } from '../../../src/db/journeys/journeys';
import {
  findWebhook,
  shareLockWebhooks,
  lockWebhooks,
  markWebhookDeleted,
  updateWebhook,
} from '../../../src/db/webhooks/webhooks';
import { planOf } from '../../../src/domain/journeys/plan';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { meanwhile } from '../../support/waiting';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const create = async (): Promise<number> => {
  const webhook = { name: 'Score', endpoint: 'https://api.example.com/score' };
  return (await world.call('POST', '/api/journeyWebhooks', webhook)).body.id;
};

describe('publishing a version and changing its webhook at the same time', () => {
  it('refuses the version if the deletion was first (B127)', async () => {
    const webhookId = await create();
    const tiles = [{ id: 'crm', type: 'webhook', webhookId }];
    const { body: journey } = await world.call('POST', '/api/journeys', { name: 'Late', tiles });
    const answer = await meanwhile(
      world.db,
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

  it.each(['PUT', 'DELETE'])('refuses a %s if the version was first (B127)', async (method) => {
    const webhookId = await create();
    const { definition } = (await findWebhook(world.db, webhookId))!;
    const retrieving = { ...definition, dataRetrieval: true };
    await updateWebhook(world.db, webhookId, { name: 'Score', definition: retrieving, secretId: null });
    const tiles = [{ id: 'score', type: 'liveData', name: 'score', webhookId }];
    const { body } = await world.call('POST', '/api/journeys', { name: 'Early', tiles });
    const edited = { name: 'Edited', endpoint: 'https://api.example.com/other' };
    const answer = await meanwhile(
      world.db,
      async (tx) => {
        const journey = (await lockJourney(tx, body.id))!;
        await shareLockWebhooks(tx, [webhookId]);
        await freezeVersion(tx, journey, journey.definition, planOf(journey.id, journey.definition.tiles));
      },
      () => world.call(method, `/api/journeyWebhooks/${webhookId}`, method === 'PUT' ? edited : undefined),
    );
    expect(answer).toMatchObject({ status: 409, body: { code: 'Conflict' } });
  });
});
