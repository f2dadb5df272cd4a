import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;
let webhookId: number;

beforeAll(async () => {
  world = await createApiWorld();
  const webhook = { name: 'CRM sync', endpoint: 'https://api.example.com/users' };
  webhookId = (await world.call('POST', '/api/journeyWebhooks', webhook)).body.id;
});
afterAll(() => world.close());

const journeyOf = (...rateLimits: unknown[]) => ({
  name: 'Win back',
  tiles: rateLimits.map((rateLimit, index) => ({
    id: `call-${index}`,
    type: 'webhook',
    webhookId,
    rateLimit,
  })),
});

it('a webhook has no rate limit of its own (B114)', async () => {
  const answer = await world.call('POST', '/api/journeyWebhooks', {
    name: 'Limited',
    endpoint: 'https://api.example.com/users',
    rateLimit: { limit: 10, per: 'second' },
  });
  expect(answer.body).toMatchObject({ code: 'BadParams', params: { rateLimit: 'There is no such field.' } });
});

it('a tile’s rate limit is read as it was written (B114)', async () => {
  const rateLimit = { limit: 100, per: 'minute' };
  const { body } = await world.call('POST', '/api/journeys', journeyOf(rateLimit, undefined));
  expect(body.tiles.map((tile: object) => ('rateLimit' in tile ? tile.rateLimit : null))).toEqual([
    rateLimit,
    null,
  ]);
});

it('a rate limit outside 2 an hour to 500 a second is refused by its field’s path (B115)', async () => {
  const answer = await world.call(
    'POST',
    '/api/journeys',
    journeyOf({ limit: 2, per: 'hour' }, { limit: 1, per: 'hour' }, { limit: 501, per: 'second' }),
  );
  const message = 'A rate limit is between 2 per hour and 500 per second.';
  expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
  expect(answer.body.params).toEqual({
    'tiles[1].rateLimit.limit': message,
    'tiles[2].rateLimit.limit': message,
  });
});
