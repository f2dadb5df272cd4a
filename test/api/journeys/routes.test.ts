import * as fc from 'fast-check';
import { eq } from 'drizzle-orm';
import { entries, journeyVersions } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';

const DELAY = { id: 'wait', type: 'delay', for: '3 days' };

describe('journeys', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  const post = (path: string, body?: unknown) => world.call('POST', `/api/journeys${path}`, body);
  const get = (path: string) => world.call('GET', `/api/journeys${path}`);
  const put = (id: number, body: unknown) => world.call('PUT', `/api/journeys/${id}`, body);
  const create = async (tiles: unknown[] = [DELAY]) => (await post('', { name: 'Win back', tiles })).body;

  it('are created as drafts', async () => {
    const answer = await post('', { name: 'Win back', tiles: [DELAY] });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(Number),
      name: 'Win back',
      description: '',
      entry: { source: 'api' },
      suppressionListIds: [],
      status: 'draft',
      publishedVersion: null,
      tiles: [DELAY],
      revision: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect((await get(`/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it('take an unused id, so that callers keep their workflowId (B007)', async () => {
    expect((await post('', { id: 12345, name: 'Moved', tiles: [] })).body.id).toBe(12345);
    const again = await post('', { id: 12345, name: 'Moved', tiles: [] });
    expect(again).toMatchObject({ status: 409, body: { code: 'Conflict' } });
    expect((await create()).id).toBe(12346);
    expect((await post('', { id: 77, name: 'Below', tiles: [] })).body.id).toBe(77);
    expect((await create()).id).toBe(12347);
  });

  it('are edited as drafts, also by sending back what was read', async () => {
    const draft = await create();
    const answer = await put(draft.id, { ...draft, name: 'Renamed', tiles: [] });
    expect(answer).toMatchObject({ status: 200, body: { id: draft.id, name: 'Renamed', tiles: [] } });
    expect((await put(999_999, { name: 'None', tiles: [] })).body.code).toBe('NotFound');
  });

  it('are checked as publishing would, saved or not, without a change', async () => {
    const tiles = [{ ...DELAY, next: 'nowhere' }];
    const shape = await post('/check', { name: 'Win back', tiles });
    expect(shape).toMatchObject({ status: 400, body: { params: { 'tiles[0].next': expect.any(String) } } });
    const use = await post('/check', {
      name: 'Win back',
      tiles: [DELAY, { id: 'crm', type: 'webhook', webhookId: 999_999 }],
    });
    expect(use).toMatchObject({
      status: 400,
      body: { params: { 'tiles[1].webhookId': expect.any(String) } },
    });
    const waiting = { id: 'bought', type: 'waitFor', for: [{ event: 'neverSent' }], timeout: '1 day' };
    const draft = await create();
    const changed = await post('/check', { ...draft, tiles: [waiting] });
    expect(changed).toMatchObject({
      status: 200,
      body: { warnings: [{ field: 'tiles[0].for[0].event', message: expect.any(String) }] },
    });
    expect((await get(`/${draft.id}`)).body).toEqual(draft);
  });

  it('freeze a version when published; an edit changes only the draft', async () => {
    const { id } = await create();
    expect(await post(`/${id}/publish`)).toMatchObject({
      status: 200,
      body: { status: 'published', publishedVersion: 1 },
    });
    await put(id, { name: 'Second', tiles: [{ id: 'stop', type: 'exit' }] });
    expect((await get(`/${id}`)).body).toMatchObject({ name: 'Second', publishedVersion: 1 });
    expect((await get(`/${id}/versions/1`)).body).toMatchObject({ name: 'Win back', tiles: [DELAY] });

    expect((await post(`/${id}/publish`)).body.publishedVersion).toBe(2);
    const { versions } = (await get(`/${id}/versions`)).body;
    expect(versions).toMatchObject([
      { journeyId: id, version: 2, name: 'Second', publishedAt: expect.stringMatching(/Z$/) },
      { journeyId: id, version: 1, name: 'Win back' },
    ]);
    expect((await get(`/${id}/versions/3`)).status).toBe(404);
    expect((await get('/999999/versions')).status).toBe(404);
  });

  it('list their versions a page at a time', async () => {
    const { id } = await create();
    for (const _ of [1, 2, 3]) await post(`/${id}/publish`);
    const first = (await get(`/${id}/versions?pageSize=2`)).body;
    const second = (await get(`/${id}/versions?pageSize=2&pageToken=${first.nextPageToken}`)).body;
    const versions = [...first.versions, ...second.versions].map(({ version }) => version);
    expect(versions).toEqual([3, 2, 1]);
    expect(second).not.toHaveProperty('nextPageToken');
  });

  it('store with each version the plan that the workflow follows', async () => {
    const { id } = await create();
    await post(`/${id}/publish`);
    const rows = await world.db.select().from(journeyVersions).where(eq(journeyVersions.journeyId, id));
    expect(rows[0]!.plan).toEqual({
      start: 'wait',
      tiles: { wait: { kind: 'delay', ms: 259_200_000, next: null } },
    });
  });

  it('are not published while a tile names an unusable webhook', async () => {
    const { webhookId } = await publishJourney(world);
    await world.call('DELETE', `/api/journeyWebhooks/${webhookId}`);
    const ids = [webhookId, 2_000_000, 9_007_199_254_740_991];
    const tiles = ids.map((id, index) => ({ id: `t${index}`, type: 'webhook', webhookId: id }));
    const { id } = await create([DELAY, ...tiles]);
    const answer = await post(`/${id}/publish`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual([1, 2, 3].map((n) => `tiles[${n}].webhookId`));
    expect((await get(`/${id}`)).body).toMatchObject({ status: 'draft', publishedVersion: null });
  });

  it('are refused with every fault that prevents publication', async () => {
    const { id } = (
      await post('', {
        name: 'Digest',
        entry: { source: 'schedule', listId: 987, at: '2020-01-01T09:00', timeZone: 'UTC' },
        suppressionListIds: [988],
        tiles: [
          { id: 'a', type: 'webhook', webhookId: 989 },
          { id: 'b', type: 'sendToJourney', journeyId: 990 },
        ],
      })
    ).body;
    const answer = await post(`/${id}/publish`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual([
      'entry.at',
      'entry.listId',
      'suppressionListIds[0]',
      'tiles[0].webhookId',
      'tiles[1].journeyId',
    ]);
  });

  it('accept no entries once unpublished, and continue the version numbers', async () => {
    const { journeyId } = await publishJourney(world);
    expect((await post(`/${journeyId}/unpublish`)).body).toMatchObject({
      status: 'draft',
      publishedVersion: null,
    });
    expect((await post(`/${journeyId}/unpublish`)).status).toBe(200);
    expect((await post(`/${journeyId}/publish`)).body.publishedVersion).toBe(2);
  });

  it('are archived for good, and their open entries end at once', async () => {
    const { journeyId } = await publishJourney(world);
    const trigger = async (n: number) => {
      const body = { workflowId: journeyId, email: `user${n}@example.com` };
      return (await world.call('POST', '/api/workflows/triggerWorkflow', body)).body.params.entryId;
    };
    const open: string[] = [];
    for (let n = 0; n < 120; n++) open.push(await trigger(n));
    const ended = await trigger(120);
    const end = { status: 'completed', endedAt: new Date() } as const;
    await world.db.update(entries).set(end).where(eq(entries.id, ended));

    const archive = () => world.call('DELETE', `/api/journeys/${journeyId}`);
    expect(await archive()).toMatchObject({
      status: 200,
      body: { status: 'archived', publishedVersion: null },
    });
    const list = await world.call('GET', `/api/entries?journeyId=${journeyId}&status=cancelled&pageSize=200`);
    const left = list.body.entries;
    expect(left.map(({ id }: { id: string }) => id).sort()).toEqual(open.sort());
    expect(left[0]).toMatchObject({ reason: 'operator', detail: 'The journey was archived.' });
    expect((await archive()).status).toBe(200);
    for (const path of ['publish', 'unpublish']) {
      expect((await post(`/${journeyId}/${path}`)).body.code).toBe('Conflict');
    }
    expect((await put(journeyId, { name: 'Late', tiles: [] })).body.code).toBe('Conflict');
  });

  it('never make the API answer 5xx, whatever document is sent', async () => {
    const ids = fc.constantFrom('a', 'b', 'exit', '__proto__', 'constructor', 'toString', '');
    const tile = fc.record(
      {
        id: fc.oneof(ids, fc.string()),
        type: fc.oneof(fc.constantFrom('webhook', 'delay', 'exit', 'abSplit'), fc.jsonValue()),
        webhookId: fc.oneof(fc.nat(), fc.maxSafeInteger(), fc.jsonValue()),
        for: fc.oneof(fc.constantFrom('1 day', 'PT3M', 'P'), fc.string()),
        next: fc.oneof(ids, fc.jsonValue()),
        onFailure: ids,
        more: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const journey = fc.record(
      {
        name: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
        description: fc.string({ unit: 'binary' }),
        entry: fc.oneof(fc.constant({ source: 'api' }), fc.jsonValue()),
        tiles: fc.oneof(
          { weight: 4, arbitrary: fc.array(tile, { maxLength: 6 }) },
          { weight: 1, arbitrary: fc.jsonValue() },
        ),
      },
      { requiredKeys: ['name', 'tiles'] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 9, arbitrary: journey }, { weight: 1, arbitrary: fc.jsonValue() }),
        async (document) => {
          const created = await post('', JSON.stringify(document));
          expect([201, 400]).toContain(created.status);
          if (created.status !== 201) return;
          expect([200, 400]).toContain((await post(`/${created.body.id}/publish`)).status);
          expect((await get(`/${created.body.id}`)).status).toBe(200);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the list of journeys, in Iterable’s shape', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await createApiWorld();
    for (const name of ['b', 'a', 'c']) await world.call('POST', '/api/journeys', { name, tiles: [] });
    await world.call('POST', '/api/journeys/2/publish');
    await world.call('DELETE', '/api/journeys/3');
  });
  afterAll(() => world.close());

  const list = async (query = '') => (await world.call('GET', `/api/journeys${query}`)).body;
  const names = async (query: string) =>
    (await list(query)).journeys.map((journey: { name: string }) => journey.name);

  it('leaves out archived journeys and fields without a value', async () => {
    const page = await list();
    expect(page).toEqual({ journeys: [expect.anything(), expect.anything()], totalJourneysCount: 2 });
    expect(page.journeys[1]).toEqual({
      id: 2,
      name: 'a',
      description: '',
      enabled: true,
      isArchived: false,
      journeyType: 'Published',
      status: 'published',
      entry: { source: 'api' },
      revision: 2,
      users: 0,
      triggerEventNames: [],
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
      creatorUserId: 'WAYHOOK_API_KEY',
    });
    expect(page.journeys[0].enabled).toBe(false);
  });

  it('has what is live, and the draft where that differs', async () => {
    const draft = { name: 'z', tiles: [], entry: { source: 'event', eventName: 'signup' }, lifetimeLimit: 2 };
    await world.call('PUT', '/api/journeys/2', draft);
    const [, { name, triggerEventNames, draft: next, ...live }] = (await list()).journeys;
    expect({ name, triggerEventNames, next }).toEqual({
      name: 'a',
      triggerEventNames: [],
      next: { name: 'z', description: '', triggerEventNames: ['signup'], lifetimeLimit: 2 },
    });
    expect(live).not.toHaveProperty('lifetimeLimit');
    expect(await names('?sort=name')).toEqual(['a', 'b']);
    await world.call('POST', '/api/journeys/2/publish');
    const [, published] = (await list()).journeys;
    expect(published).toMatchObject({ name: 'z', triggerEventNames: ['signup'], lifetimeLimit: 2 });
    expect(published).not.toHaveProperty('draft');
    expect(await names('?sort=name')).toEqual(['b', 'z']);
    await world.call('PUT', '/api/journeys/2', { name: 'a', tiles: [] });
    await world.call('POST', '/api/journeys/2/publish');
  });

  it('is sorted and filtered as asked', async () => {
    expect(await names('?sort=name')).toEqual(['a', 'b']);
    expect(await names('?sort=+name')).toEqual(['a', 'b']);
    expect(await names('?sort=%2Bname')).toEqual(['a', 'b']);
    expect(await names('?sort=-id')).toEqual(['a', 'b']);
    expect(await names('?state=Archived')).toEqual(['c']);
    expect(await names('?state=Archived&state=Published&sort=-createdAt')).toEqual(['c', 'a']);
    expect((await list('?sort=colour')).code).toBe('BadParams');
    expect(await list('?name=B&pageSize=1')).toMatchObject({
      journeys: [{ name: 'b' }],
      totalJourneysCount: 1,
    });
  });

  it('counts the users who are under way', async () => {
    const user = { workflowId: 2, email: 'ada@example.com' };
    await world.call('PUT', '/api/journeys/2', { name: 'a', tiles: [DELAY] });
    await world.call('POST', '/api/journeys/2/publish');
    await world.call('POST', '/api/workflows/triggerWorkflow', user);
    expect((await list('?name=a')).journeys).toMatchObject([{ users: 1 }]);
  });

  it('names the pages before and after', async () => {
    const first = await list('?pageSize=1');
    expect(first).not.toHaveProperty('previousPageUrl');
    const second = (await world.call('GET', first.nextPageUrl)).body;
    expect(second.journeys).toMatchObject([{ name: 'a' }]);
    expect(second).not.toHaveProperty('nextPageUrl');
    expect((await world.call('GET', second.previousPageUrl)).body.journeys).toMatchObject([{ name: 'b' }]);
  });
});
