import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

const create = async (fields: object = {}) =>
  (await world.call('POST', '/api/journeys', { name: 'Test', tiles: [], ...fields })).body.id as number;
const publish = (id: number) => world.call('POST', `/api/journeys/${id}/publish`);
const sendingTo = (...ids: number[]) => ({
  tiles: ids.map((journeyId, index) => ({ id: `on-${index}`, type: 'sendToJourney', journeyId })),
});

describe('a journey that sends users to another', () => {
  it.each(['journey', 'api'])('is published when the other has the source “%s”', async (source) => {
    const target = await create({ entry: { source } });
    expect((await publish(await create(sendingTo(target)))).status).toBe(200);
  });

  it('is refused, tile by tile, when the other is unknown, archived or has another entry source', async () => {
    const archived = await create();
    await world.call('DELETE', `/api/journeys/${archived}`);
    const purchases = await create({ entry: { source: 'purchase' } });
    const id = await create(sendingTo(999_999, archived, purchases, await create()));
    expect(await publish(id)).toMatchObject({
      status: 400,
      body: {
        code: 'BadParams',
        params: {
          'tiles[0].journeyId': expect.stringContaining('There is no journey 999999'),
          'tiles[1].journeyId': expect.stringContaining('is archived'),
          'tiles[2].journeyId': expect.stringContaining('“purchase”'),
        },
      },
    });
    expect(Object.keys((await publish(id)).body.params)).toHaveLength(3);
  });

  it('is checked against the other’s published version, not its draft', async () => {
    const target = await create();
    await publish(target);
    await world.call('PUT', `/api/journeys/${target}`, {
      name: 'Later',
      tiles: [],
      entry: { source: 'newUser' },
    });
    const id = await create(sendingTo(target));
    expect((await publish(id)).status).toBe(200);
    await publish(target);
    expect((await publish(id)).status).toBe(400);
  });

  it('may send to itself, judged by the version being published', async () => {
    const id = await create();
    const put = (fields: object) => world.call('PUT', `/api/journeys/${id}`, { name: 'Loop', ...fields });
    await put({ ...sendingTo(id), entry: { source: 'newUser' } });
    expect((await publish(id)).status).toBe(400);
    await put({ ...sendingTo(id), entry: { source: 'journey' } });
    expect((await publish(id)).status).toBe(200);
  });

  it('may be one of two that send to each other', async () => {
    const first = await create();
    const second = await create(sendingTo(first));
    await world.call('PUT', `/api/journeys/${first}`, { name: 'First', ...sendingTo(second) });
    expect((await publish(first)).status).toBe(200);
    expect((await publish(second)).status).toBe(200);
  });

  it.each([0, 2_147_483_648, '1', undefined])(
    'is refused at once with the journeyId %p',
    async (journeyId) => {
      const tiles = [{ id: 'on', type: 'sendToJourney', journeyId }];
      const { status, body } = await world.call('POST', '/api/journeys', { name: 'Test', tiles });
      expect([status, Object.keys(body.params)]).toEqual([400, ['tiles[0].journeyId']]);
    },
  );
});

it('a journey with the source “journey” can be triggered too, like every published journey', async () => {
  const workflowId = await create({ entry: { source: 'journey' } });
  await publish(workflowId);
  const body = { workflowId, email: 'user@example.com' };
  expect((await world.call('POST', '/api/workflows/triggerWorkflow', body)).status).toBe(200);
});
