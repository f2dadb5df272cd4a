import { eq } from 'drizzle-orm';
import { claimEntrySql } from '../../../src/db/entries/entries';
import { closeEntry } from '../../../src/db/entries/close';
import { secrets, webhooks } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { undispatched } from '../../support/database';

const BASE = { name: 'CRM sync', endpoint: 'https://api.example.com/users' };
const OAUTH = {
  type: 'oauth2',
  clientId: 'wayhook',
  clientSecret: 'first-secret',
  tokenUrl: 'https://login.example.com/token',
};

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const create = async (more: object = {}): Promise<number> =>
  (await world.call('POST', '/api/journeyWebhooks', { ...BASE, ...more })).body.id;
const journey = async (tiles: object[], name = 'Win back'): Promise<number> =>
  (await world.call('POST', '/api/journeys', { name, tiles })).body.id;
const edit = (id: number, tiles: object[]) =>
  world.call('PUT', `/api/journeys/${id}`, { name: 'Win back', tiles });
const journeyCall = (id: number, verb: 'publish' | 'unpublish') =>
  world.call('POST', `/api/journeys/${id}/${verb}`);
const tile = (webhookId: number, id = 'crm') => ({ id, type: 'webhook', webhookId });
const usage = async (id: number) =>
  (await world.call('GET', `/api/journeyWebhooks/${id}/usage`)).body.tiles as Record<string, unknown>[];
const listed = async (query: string) =>
  (await world.call('GET', `/api/journeyWebhooks?${query}`)).body.webhooks as {
    id: number;
    usage: { tiles: number };
  }[];

/** Puts an entry at this tile. Returns its id, which is also the id of the run that owns it. */
async function enterAt(journeyId: number, tileId: string): Promise<string> {
  const user = { workflowId: journeyId, userId: `user-${Math.random()}` };
  const { body } = await world.call('POST', '/api/workflows/triggerWorkflow', user);
  const entryId = body.params.entryId as string;
  await world.db.execute(
    claimEntrySql({ entryId, workflowId: entryId, firstRunId: entryId }, tileId, Date.now()),
  );
  return entryId;
}

/** Turns Data Retrieval on without the successful test that the API asks for. */
async function retrieveData(id: number): Promise<void> {
  const [row] = await world.db.select().from(webhooks).where(eq(webhooks.id, id));
  const liveDataFields = [{ path: 'score', type: 'number' as const }];
  const definition = { ...row!.definition, dataRetrieval: true, liveDataFields };
  await world.db.update(webhooks).set({ definition }).where(eq(webhooks.id, id));
}

/** A published journey whose Live Data tile reads the webhook. */
async function readLiveData(webhookId: number): Promise<number> {
  await retrieveData(webhookId);
  const journeyId = await journey([{ id: 'score', type: 'liveData', name: 'score', webhookId }], 'Scored');
  await journeyCall(journeyId, 'publish');
  return journeyId;
}

test('a copy of an Inkit webhook cannot be published before it has its token', async () => {
  const inkit = { name: 'Card', destination: 'inkit', inkit: { templateId: 't' } };
  const authentication = { type: 'inkit', apiToken: 'token-1' };
  const { body } = await world.call('POST', '/api/journeyWebhooks', { ...inkit, authentication });
  const copy = (await world.call('POST', `/api/journeyWebhooks/${body.id}/duplicate`)).body;
  const journeyId = await journey([tile(copy.id)]);
  const refused = await journeyCall(journeyId, 'publish');
  expect(refused).toMatchObject({ status: 400, body: { code: 'BadParams' } });
  expect(refused.body.params['tiles[0].webhookId']).toContain('no API token');
  await world.call('PUT', `/api/journeyWebhooks/${copy.id}`, { ...inkit, authentication });
  expect((await journeyCall(journeyId, 'publish')).status).toBe(200);
});

test('the vendor’s list of webhooks is empty, in the vendor’s form', async () => {
  await create();
  expect(await world.call('GET', '/api/webhooks')).toMatchObject({ status: 200, body: { webhooks: [] } });
});

describe('the usage of a webhook', () => {
  it('names the tiles of published versions and of drafts, each once (B120, B125)', async () => {
    const id = await create();
    const published = await journey([tile(id)], 'Published');
    await journeyCall(published, 'publish');
    await edit(published, [tile(id), tile(id, 'again')]);
    const draft = await journey([tile(await create(), 'other'), tile(id)], 'Draft');
    const row = { tileId: 'crm', tileType: 'webhook', activeEntries: 0, version: null, published: false };
    expect(await usage(id)).toEqual([
      { ...row, journeyId: published, journeyName: 'Win back', published: true, version: 1 },
      { ...row, journeyId: published, journeyName: 'Win back', tileId: 'again' },
      { ...row, journeyId: draft, journeyName: 'Draft' },
    ]);
    expect((await listed('pageSize=200')).find((webhook) => webhook.id === id)!.usage).toEqual({
      ...{ tiles: 3, lockedBy: [] },
    });
  });

  it('counts the entries at a tile, across versions (B120)', async () => {
    const id = await create();
    const journeyId = await journey([tile(id)]);
    await journeyCall(journeyId, 'publish');
    await enterAt(journeyId, 'crm');
    await edit(journeyId, [tile(id), tile(await create(), 'other')]);
    await journeyCall(journeyId, 'publish');
    await enterAt(journeyId, 'crm');
    await enterAt(journeyId, 'other');
    const ended = await enterAt(journeyId, 'crm');
    await closeEntry(
      undispatched(world.db),
      { entryId: ended, workflowId: ended, firstRunId: ended },
      { status: 'completed' },
      Date.now(),
    );
    expect(await usage(id)).toMatchObject([{ tileId: 'crm', version: 2, activeEntries: 2 }]);
  });

  it('includes a tile of an older version while entries are under way on that version (B125)', async () => {
    const [id, next] = [await create(), await create()];
    const journeyId = await journey([tile(id)]);
    await journeyCall(journeyId, 'publish');
    const entryId = await enterAt(journeyId, 'before-it');
    await edit(journeyId, [tile(next)]);
    await journeyCall(journeyId, 'publish');
    const older = { journeyId, version: 1, tileId: 'crm', published: false, activeEntries: 0 };
    expect(await usage(id)).toMatchObject([older]);
    expect((await listed(`usedBy=${journeyId}`)).map((webhook) => webhook.id)).toEqual([next, id]);
    await closeEntry(
      undispatched(world.db),
      { entryId, workflowId: entryId, firstRunId: entryId },
      { status: 'completed' },
      Date.now(),
    );
    expect(await usage(id)).toEqual([]);
    expect((await listed(`usedBy=${journeyId}`)).map((webhook) => webhook.id)).toEqual([next]);
  });

  it('names tiles of every type that call a saved webhook, and none with an inline one (B120, C13)', async () => {
    const id = await create({ method: 'GET' });
    await retrieveData(id);
    const inline = { method: 'POST', url: 'https://api.example.com/users' };
    await journey([
      tile(id, 'a'),
      { id: 'b', type: 'liveData', name: 'score', webhookId: id },
      { id: 'c', type: 'userProfile', webhookId: id },
      { id: 'd', type: 'webhook', webhook: inline },
      { id: 'e', type: 'userProfile', url: 'https://api.example.com/profile' },
    ]);
    expect((await usage(id)).map(({ tileType }) => tileType)).toEqual(['webhook', 'liveData', 'userProfile']);
  });

  it('changes when the journey is unpublished and archived', async () => {
    const id = await create();
    const journeyId = await journey([tile(id)]);
    await journeyCall(journeyId, 'publish');
    await journeyCall(journeyId, 'unpublish');
    expect(await usage(id)).toMatchObject([{ published: false, version: null }]);
    await world.call('DELETE', `/api/journeys/${journeyId}`);
    expect(await usage(id)).toEqual([]);
  });

  it('is 404 for an unknown webhook', async () => {
    expect((await world.call('GET', '/api/journeyWebhooks/99999/usage')).status).toBe(404);
  });
});

describe('the list of webhooks', () => {
  it('can be filtered by the journey that uses them, and counts the tiles that do (B119, B120)', async () => {
    const [one, two] = [await create(), await create()];
    const journeyId = await journey([tile(one, 'a'), tile(two, 'b'), tile(one, 'c')]);
    expect(await listed(`usedBy=${journeyId}`)).toMatchObject([
      { id: two, usage: { tiles: 1 } },
      { id: one, usage: { tiles: 2 } },
    ]);
    expect(await listed('usedBy=99999')).toEqual([]);
    expect((await world.call('GET', '/api/journeyWebhooks?usedBy=x')).status).toBe(400);
  });

  it('has rows that can be edited and sent back whole', async () => {
    const id = await create();
    const row = (await listed('pageSize=1'))[0]!;
    expect(row.id).toBe(id);
    const answer = await world.call('PUT', `/api/journeyWebhooks/${id}`, { ...row, name: 'Renamed' });
    expect(answer).toMatchObject({ status: 200, body: { name: 'Renamed' } });
  });
});

describe('a copy of a webhook', () => {
  it('has the same settings and custom headers, but no authentication and no secret (B121, B122)', async () => {
    const headers = [{ name: 'X-Tenant', value: '{{tenant}}' }];
    const request = { method: 'PUT', headers, userFields: ['city'], body: '{"plan":"{{plan}}"}' };
    const id = await create({ ...request, authentication: OAUTH });
    const { status, body } = await world.call('POST', `/api/journeyWebhooks/${id}/duplicate`);
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...BASE, ...request, name: 'CRM sync (copy)' });
    expect(body.authentication).toEqual({ type: 'none' });
    expect(body.id).not.toBe(id);
    expect((await world.call('GET', `/api/journeyWebhooks/${body.id}`)).body).toEqual(body);
    const [row] = await world.db.select().from(webhooks).where(eq(webhooks.id, body.id));
    expect(row!.secretId).toBeNull();
  });

  it('has a name short enough to be saved again (B122)', async () => {
    const id = await create({ name: 'n'.repeat(200) });
    const { body } = await world.call('POST', `/api/journeyWebhooks/${id}/duplicate`);
    expect(body.name).toBe(`${'n'.repeat(193)} (copy)`);
    expect((await world.call('PUT', `/api/journeyWebhooks/${body.id}`, body)).status).toBe(200);
  });

  it('has Data Retrieval off until it is tested (B109, B122)', async () => {
    const id = await create();
    await retrieveData(id);
    const { body } = await world.call('POST', `/api/journeyWebhooks/${id}/duplicate`);
    expect(body).toMatchObject({ dataRetrieval: false, liveDataFields: [] });
  });

  it('is 404 for an unknown webhook', async () => {
    expect((await world.call('POST', '/api/journeyWebhooks/99999/duplicate')).status).toBe(404);
  });
});

describe('a webhook that a Live Data tile of a published journey reads', () => {
  const put = (id: number) => world.call('PUT', `/api/journeyWebhooks/${id}`, { ...BASE, name: 'Edited' });
  const remove = (id: number) => world.call('DELETE', `/api/journeyWebhooks/${id}`);

  it('can be neither edited nor deleted, and the answer names the tiles (B127)', async () => {
    const id = await create({ authentication: OAUTH });
    const journeyId = await readLiveData(id);
    for (const answer of [await put(id), await remove(id)]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'Conflict' } });
      expect(answer.body.msg).toMatch(/“score” of the published journey “Scored”.*Unpublish the journey/);
      expect(answer.body.params).toEqual({
        tiles: [{ journeyId, journeyName: 'Scored', version: 1, tileId: 'score' }],
      });
    }
    const read = await world.call('GET', `/api/journeyWebhooks/${id}`);
    expect(read.body).toMatchObject({ name: BASE.name, authentication: { clientSecret: { set: true } } });
    const free = await create();
    const { webhooks } = (await world.call('GET', '/api/journeyWebhooks?pageSize=2')).body;
    expect(webhooks).toMatchObject([
      { id: free, usage: { lockedBy: [] } },
      { id, usage: { lockedBy: [{ journeyId, journeyName: 'Scored', tileId: 'score' }] } },
    ]);
  });

  it('can be changed once the journey is unpublished, archived, or published without the tile (B128)', async () => {
    const ways: ((journeyId: number) => Promise<unknown>)[] = [
      (journeyId) => journeyCall(journeyId, 'unpublish'),
      (journeyId) => world.call('DELETE', `/api/journeys/${journeyId}`),
      async (journeyId) => {
        await edit(journeyId, []);
        await journeyCall(journeyId, 'publish');
      },
    ];
    for (const free of ways) {
      const id = await create();
      const journeyId = await readLiveData(id);
      expect((await put(id)).status).toBe(409);
      await free(journeyId);
      expect((await put(id)).status).toBe(200);
      expect((await remove(id)).status).toBe(204);
    }
  });

  it('is locked again once the journey is published again, after an edit in between (B128)', async () => {
    const id = await create();
    const journeyId = await readLiveData(id);
    await journeyCall(journeyId, 'unpublish');
    const { body: webhook } = await world.call('GET', `/api/journeyWebhooks/${id}`);
    const edited = { ...webhook, name: 'Edited', liveDataFields: [{ path: 'rank', type: 'number' }] };
    expect((await world.call('PUT', `/api/journeyWebhooks/${id}`, edited)).status).toBe(200);

    expect(await journeyCall(journeyId, 'publish')).toMatchObject({
      status: 200,
      body: { publishedVersion: 2 },
    });

    for (const answer of [await world.call('PUT', `/api/journeyWebhooks/${id}`, webhook), await remove(id)]) {
      expect(answer).toMatchObject({ status: 409, body: { params: { tiles: [{ journeyId, version: 2 }] } } });
    }
    expect((await world.call('GET', `/api/journeyWebhooks/${id}`)).body).toMatchObject({
      name: 'Edited',
      liveDataFields: edited.liveDataFields,
    });
  });

  it('can be edited and deleted while only Webhook tiles or drafts use it (B125, C8)', async () => {
    const id = await create();
    await journeyCall(await journey([tile(id)]), 'publish');
    expect((await put(id)).status).toBe(200);
    expect((await remove(id)).status).toBe(204);
  });
});

describe('deleting several webhooks', () => {
  const bulkDelete = (ids: unknown) => world.call('POST', '/api/journeyWebhooks/bulkDelete', { ids });

  it('deletes those it may and says why it refused the others (B124, C9)', async () => {
    const [one, locked, two] = [await create({ authentication: OAUTH }), await create(), await create()];
    await readLiveData(locked);
    const { secretId } = (await world.db.select().from(webhooks).where(eq(webhooks.id, one)))[0]!;
    const answer = await bulkDelete([two, locked, 99999, one, two]);
    expect(answer).toMatchObject({ status: 200, body: { deleted: [two, one] } });
    expect(answer.body.refused).toEqual([
      { id: locked, reason: expect.stringContaining('Unpublish the journey') },
      { id: 99999, reason: expect.stringContaining('no journey webhook 99999') },
    ]);
    expect((await world.call('GET', `/api/journeyWebhooks/${one}`)).status).toBe(404);
    expect((await world.call('GET', `/api/journeyWebhooks/${locked}`)).status).toBe(200);
    expect(await world.db.select().from(secrets).where(eq(secrets.id, secretId!))).toEqual([]);
  });

  it.each([
    ['an empty list of ids', []],
    ['201 ids', Array.from({ length: 201 }, (_, index) => index + 1)],
    ['ids that are text', 'all'],
    ['an id of 0', [0]],
  ])('refuses %s', async (_what, ids) => expect((await bulkDelete(ids)).status).toBe(400));

  it('requires the scope “integrations”', async () => {
    const key = { 'api-key': await world.keyWith('read', 'journeys') };
    const answer = await world.call('POST', '/api/journeyWebhooks/bulkDelete', { ids: [1] }, key);
    expect(answer.status).toBe(403);
  });
});

describe('names', () => {
  const named = async (path: string) => (await world.call('GET', `/api/${path}`)).body;

  it('of webhooks are found by part, id, method and Data Retrieval, also for who reads journeys only', async () => {
    const get = await create({ name: 'Labelled get', method: 'GET' });
    const plain = await create({ name: 'Labelled plain' });
    const gone = await create({ name: 'Labelled gone' });
    await world.call('DELETE', `/api/journeyWebhooks/${gone}`);
    const found = await named('journeyWebhooks/names?name=lABELLED');
    const facts = { dataRetrieval: false, liveDataFields: [], deleted: false };
    expect(found).toEqual({
      webhooks: [
        { id: plain, name: 'Labelled plain', method: 'POST', ...facts },
        { id: get, name: 'Labelled get', method: 'GET', ...facts },
      ],
    });
    const idsOf = async (query: string) =>
      (await named(`journeyWebhooks/names?${query}`)).webhooks.map(({ id }: { id: number }) => id);
    expect(await idsOf(`id=${gone}&id=${get}`)).toEqual([gone, get]);
    expect(await idsOf(`id=${plain}`)).toEqual([plain]);
    expect(await idsOf('name=labelled&method=GET')).toEqual([get]);
    expect(await idsOf('name=labelled&dataRetrieval=true')).toEqual([]);
    const { nextPageToken } = await named('journeyWebhooks/names?name=labelled&pageSize=1');
    expect(await idsOf(`name=labelled&pageToken=${nextPageToken}`)).toEqual([get]);
    const journeys = { 'api-key': await world.keyWith('journeys') };
    expect((await world.call('GET', '/api/journeyWebhooks/names', undefined, journeys)).status).toBe(200);
    expect((await world.call('GET', '/api/journeyWebhooks/names?id=x')).status).toBe(400);
  });

  it('of journeys are found by part and id, archived or not', async () => {
    const [draft, archived] = [await journey([], 'Called one'), await journey([], 'Called two')];
    await world.call('DELETE', `/api/journeys/${archived}`);
    expect(await named('journeys/names?name=called')).toEqual({
      journeys: [
        { id: archived, name: 'Called two', status: 'archived' },
        { id: draft, name: 'Called one', status: 'draft' },
      ],
    });
    const { journeys } = await named(`journeys/names?id=${draft}`);
    expect(journeys).toMatchObject([{ id: draft }]);
  });
});
