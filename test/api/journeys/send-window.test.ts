import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

const SEND_WINDOW = { days: ['mon', 'sat'], from: '22:00', to: '06:00', timeZone: 'user' };
const JOURNEY = {
  name: 'Nights',
  timeZone: 'Europe/Berlin',
  sendWindow: SEND_WINDOW,
  tiles: [
    { id: 'sync', type: 'userProfile', url: 'https://api.example.com/user', sendWindow: null },
    {
      id: 'fetch',
      type: 'userProfile',
      url: 'https://api.example.com/user',
      sendWindow: { ...SEND_WINDOW, onClosed: 'skip' },
    },
  ],
};

it('a journey’s send windows and time zone are read as they were written, and stay in its versions', async () => {
  const { body: created } = await world.call('POST', '/api/journeys', JOURNEY);
  expect(created).toMatchObject(JOURNEY);
  const { status } = await world.call('PUT', `/api/journeys/${created.id}`, created);
  expect(status).toBe(200);
  await world.call('POST', `/api/journeys/${created.id}/publish`);
  const { body: version } = await world.call('GET', `/api/journeys/${created.id}/versions/1`);
  expect(version).toMatchObject(JOURNEY);
});

it('names the field of each fault in a send window', async () => {
  const faulty = { ...SEND_WINDOW, days: [], to: '22:00' };
  const { status, body } = await world.call('POST', '/api/journeys', {
    ...JOURNEY,
    timeZone: undefined,
    sendWindow: faulty,
    tiles: [{ ...JOURNEY.tiles[0], sendWindow: { ...SEND_WINDOW, from: '25:00' } }],
  });
  expect(status).toBe(400);
  expect(Object.keys(body.params as object)).toEqual(
    expect.arrayContaining(['sendWindow.days', 'tiles[0].sendWindow.from']),
  );
});
