import { createWorld, type World } from '../../support/world';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/* Ids that every JavaScript object answers to, whatever it holds. */
it('a tile of any kind may have the name of a member of every object', async () => {
  const { url } = world.receiver;
  world.receiver.respondAt('/data', { body: { toString: 'kept', constructor: 'not chosen' } });
  world.receiver.respondAt('/profile', { body: { valueOf: 'known' } });
  world.receiver.respondAt('/fails', 400);
  const dataRetrieval = {
    ...{ endpoint: `${url}/data`, method: 'GET', dataRetrieval: true },
    liveDataFields: [{ path: 'toString', type: 'string' }],
  };
  const other = await world.journey([], undefined, { entry: { source: 'journey' } });
  const payload = { live: '{{liveData.constructor.toString}}', trigger: '{{hasOwnProperty}}' };
  const last = { url: `${url}/last`, payload, profileFields: ['valueOf', 'constructor'] };
  const journeyId = await world.journey([
    {
      id: 'constructor',
      type: 'liveData',
      webhookId: await world.webhook(dataRetrieval),
      name: 'constructor',
    },
    { id: 'valueOf', type: 'userProfile', url: `${url}/profile` },
    { id: 'hasOwnProperty', type: 'delay', for: '1 day' },
    { id: 'isPrototypeOf', type: 'sendToJourney', journeyId: other },
    { id: 'toLocaleString', type: 'webhook', webhook: { url: `${url}/fails` }, onFailure: 'toString' },
    { id: 'toString', type: 'webhook', webhook: last, next: 'propertyIsEnumerable' },
    { id: 'propertyIsEnumerable', type: 'exit' },
  ]);
  const { entry, deliveries } = await world.ended(await world.enter(journeyId));
  expect(entry).toMatchObject({ status: 'completed', reason: null });
  expect(deliveries.map(({ tileId, status }) => [tileId, status])).toEqual([
    ['constructor', 'delivered'],
    ['valueOf', 'delivered'],
    ['toLocaleString', 'failed'],
    ['toString', 'delivered'],
  ]);
  const [sent] = world.receiver.requests.filter((request) => request.url === '/last');
  const body = sent!.json() as { profile: object };
  expect(body).toMatchObject({ live: 'kept', profile: { valueOf: 'known' } });
  // What is empty is left out.
  expect(body).not.toHaveProperty('trigger');
  expect(Object.keys(body.profile)).not.toContain('constructor');
});
