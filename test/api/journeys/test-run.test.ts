import { eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { applyRetention } from '../../../src/background/retention';
import { rowsOf } from '../../../src/db/connection/client';
import { closeEntry } from '../../../src/db/entries/close';
import { journeyVersions, secrets, webhookUses } from '../../../src/db/schema';
import { type Answer, type ApiWorld, createApiWorld } from '../../support/api-world';
import { undispatched } from '../../support/database';

let world: ApiWorld;
let webhookId: number;
beforeAll(async () => {
  world = await createApiWorld();
  const webhook = { name: 'CRM', endpoint: 'https://api.example.com/users' };
  webhookId = (await world.call('POST', '/api/journeyWebhooks', webhook)).body.id;
});
afterAll(() => world.close());

let made = 0;
const user = async () => {
  const email = `ada${(made += 1)}@example.com`;
  await world.call('POST', '/api/users/update', { email });
  return email;
};
const journey = async (fields: object = {}): Promise<number> => {
  const tiles = [{ id: 'crm', type: 'webhook', webhookId }];
  return (await world.call('POST', '/api/journeys', { name: 'Win back', tiles, ...fields })).body.id;
};
const publish = (id: number) => world.call('POST', `/api/journeys/${id}/publish`);
const test = (id: number, body: object): Promise<Answer> =>
  world.call('POST', `/api/journeys/${id}/test`, body);
const trigger = (workflowId: number, email: string) =>
  world.call('POST', '/api/workflows/triggerWorkflow', { workflowId, email });
const entryOf = async ({ body }: Answer) => (await world.call('GET', `/api/entries/${body.entryId}`)).body;
const versionOf = (answer: Answer) =>
  (world.enqueued.find((item) => 'entryId' in item && item.entryId === answer.body.entryId) as unknown as {
    version: number;
  })!.version;

async function end({ body: { entryId } }: Answer, daysAgo = 0): Promise<void> {
  const owner = { entryId, workflowId: entryId, firstRunId: null };
  const at = Date.now() - daysAgo * 86_400_000;
  await closeEntry(undispatched(world.db), owner, { status: 'completed' }, at);
}

describe('a test run of a journey', () => {
  it('sends one user through a draft that was never published, marked as a test run', async () => {
    const id = await journey();
    const email = await user();
    const answer = await test(id, { email, dataFields: { plan: 'pro' } });
    expect(answer).toMatchObject({ status: 201, body: { entryId: expect.stringMatching(/^ent_/) } });
    expect(await entryOf(answer)).toMatchObject({
      ...{ journeyId: id, version: null, test: true, email, status: 'accepted' },
    });
    expect(world.enqueued.at(-1)).toMatchObject({ journeyId: id, test: true });
  });

  it('publishes nothing: the journey takes no entries, and lists no version', async () => {
    const id = await journey();
    await test(id, { email: await user() });
    expect((await world.call('GET', `/api/journeys/${id}`)).body).toMatchObject({
      ...{ status: 'draft', publishedVersion: null, revision: 1 },
    });
    expect((await world.call('GET', `/api/journeys/${id}/versions`)).body).toEqual({ versions: [] });
    expect((await trigger(id, await user())).status).toBe(400);
    expect((await publish(id)).body.publishedVersion).toBe(1);
  });

  it('walks the draft while others walk what is published', async () => {
    const id = await journey();
    await publish(id);
    await world.call('PUT', `/api/journeys/${id}`, { name: 'Next', tiles: [{ id: 'out', type: 'exit' }] });
    const version = versionOf(await test(id, { email: await user() }));
    const [frozen] = await world.db
      .select()
      .from(journeyVersions)
      .where(eq(journeyVersions.version, version));
    expect(frozen!.definition.tiles).toMatchObject([{ id: 'out' }]);
    expect((await world.call('GET', `/api/journeys/${id}`)).body.publishedVersion).toBe(1);
  });

  it('keeps to the draft as it was, and shares its copy with other test runs of the same draft', async () => {
    const id = await journey();
    const [first, second] = [
      await test(id, { email: await user() }),
      await test(id, { email: await user() }),
    ];
    expect(versionOf(second)).toBe(versionOf(first));
    await world.call('PUT', `/api/journeys/${id}`, {
      name: 'Win back',
      tiles: [{ id: 'out', type: 'exit' }],
    });
    expect(versionOf(await test(id, { email: await user() }))).not.toBe(versionOf(first));
  });

  it('is let in by every limit, and counts in none', async () => {
    const list = (await world.call('POST', '/api/lists', { name: 'Out' })).body.listId as number;
    const id = await journey({ lifetimeLimit: 1, simultaneousLimit: 1, suppressionListIds: [list] });
    await publish(id);
    const email = await user();
    const runs = [await test(id, { email }), await test(id, { email })];
    expect(runs.map(({ status }) => status)).toEqual([201, 201]);
    expect((await trigger(id, email)).body.params).toEqual({ entryId: expect.any(String) });
    expect((await trigger(id, email)).body.params).toEqual({ skipped: 'lifetimeLimit' });
    await world.call('POST', '/api/lists/subscribe', { listId: list, subscribers: [{ email }] });
    expect((await test(id, { email })).status).toBe(201);
  });

  it('counts in no limit either once it was deleted by age', async () => {
    const id = await journey({ lifetimeLimit: 1 });
    await publish(id);
    const email = await user();
    await end(await test(id, { email }), 40);
    await applyRetention({ db: world.db, log: pino({ level: 'silent' }), retentionDays: 30 });
    expect((await trigger(id, email)).body.params).toEqual({ entryId: expect.any(String) });
  });

  it('is found, or left out, in the list of entries', async () => {
    const id = await journey();
    await publish(id);
    const email = await user();
    const { entryId } = (await test(id, { email })).body;
    const real = (await trigger(id, email)).body.params.entryId;
    const listed = async (query: string) =>
      (await world.call('GET', `/api/entries?journeyId=${id}${query}`)).body.entries.map(
        (one: { id: string }) => one.id,
      );
    expect(await listed('')).toEqual([real, entryId]);
    expect(await listed('&test=true')).toEqual([entryId]);
    expect(await listed('&test=false')).toEqual([real]);
    expect((await world.call('GET', '/api/entries?test=1')).status).toBe(400);
  });

  it('is told to event webhooks as a test run', async () => {
    const eventTypes = ['journey.entered', 'journey.completed'];
    const hook = { name: 'CRM', targetUrl: 'https://crm.example.com/', eventTypes };
    await world.call('POST', '/api/eventWebhooks', hook);
    const answer = await test(await journey(), { email: await user() });
    await end(answer);
    const events = await rowsOf<{ type: string; entry: { test: boolean; version: number | null } }>(
      world.db,
      sql`select type, data -> 'entry' as entry from published_events
          where data #>> '{entry,id}' = ${answer.body.entryId} order by created_at, type desc`,
    );
    expect(events).toMatchObject([
      { type: 'journey.entered', entry: { test: true, version: null } },
      { type: 'journey.completed', entry: { test: true, version: null } },
    ]);
  });

  it('is recorded in the audit log, without the user', async () => {
    const id = await journey();
    const { entryId } = (await test(id, { email: await user() })).body;
    const [last] = (await world.call('GET', '/api/auditLog')).body.changes;
    expect(last).toMatchObject({
      action: 'journey.test',
      target: { type: 'journey', id, name: 'Win back' },
      changes: [{ path: 'entryId', before: null, after: entryId }],
    });
  });

  it('keeps a webhook listed as used while it is under way, and locks it against nothing', async () => {
    const id = await journey();
    const answer = await test(id, { email: await user() });
    await world.call('PUT', `/api/journeys/${id}`, {
      name: 'Win back',
      tiles: [{ id: 'out', type: 'exit' }],
    });
    const used = async () =>
      (await world.call('GET', `/api/journeyWebhooks/${webhookId}/usage`)).body.tiles.filter(
        (tile: { journeyId: number }) => tile.journeyId === id,
      );
    expect(await used()).toMatchObject([{ tileId: 'crm', version: null, published: false }]);
    await end(answer);
    expect(await used()).toEqual([]);
  });

  it('leaves nothing behind once the last test run of a draft was deleted by age', async () => {
    const token = { type: 'bearer', token: 'the-first-secret' };
    const inline = (authentication: object) => [
      {
        id: 'call',
        type: 'webhook',
        webhook: { method: 'PUT', url: 'https://api.example.com/', authentication },
      },
    ];
    const id = await journey({ tiles: inline(token) });
    const answers = [await test(id, { email: await user() }), await test(id, { email: await user() })];
    await world.call('PUT', `/api/journeys/${id}`, { name: 'Win back', tiles: inline({ type: 'none' }) });
    const left = async () => ({
      versions: (await world.db.select().from(journeyVersions).where(eq(journeyVersions.journeyId, id)))
        .length,
      uses: (await world.db.select().from(webhookUses).where(eq(webhookUses.journeyId, id))).length,
      secrets: (await world.db.select().from(secrets)).length,
    });
    const before = await left();
    const cleanUp = () => applyRetention({ db: world.db, log: pino({ level: 'silent' }), retentionDays: 30 });
    await end(answers[0]!, 40);
    await cleanUp();
    expect(await left()).toEqual(before);
    await end(answers[1]!, 40);
    await cleanUp();
    expect(await left()).toEqual({ versions: 0, uses: 0, secrets: before.secrets - 1 });
  });
});

describe('a test run is refused, and leaves nothing,', () => {
  const entries = async () =>
    (await world.call('GET', '/api/entries?test=true&pageSize=200')).body.entries.length;
  const refused = async (id: number, body: object) => {
    const before = await entries();
    const answer = await test(id, body);
    expect(await entries()).toBe(before);
    return answer;
  };

  it('for a user who does not exist, whom a typing error must not create', async () => {
    const id = await journey();
    for (const names of [{ email: 'typo@example.com' }, { userId: 'nobody' }]) {
      const { status, body } = await refused(id, names);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'BadParams' });
      expect(body.params[Object.keys(names)[0]!]).toMatch(/POST \/api\/users\/update/);
    }
    expect((await world.call('GET', '/api/users/typo@example.com')).body.user).toBeUndefined();
  });

  it('without a name, with an unknown field, or with one that is no object', async () => {
    const id = await journey();
    const email = await user();
    for (const body of [{}, { email, version: 1 }, { email, dataFields: [] }, { email: 'no address' }]) {
      expect((await refused(id, body)).status).toBe(400);
    }
  });

  it('of a draft that could not be published, with the same faults', async () => {
    const id = await journey({ tiles: [{ id: 'crm', type: 'webhook', webhookId: 4711 }] });
    const [tested, published] = [await refused(id, { email: await user() }), await publish(id)];
    expect(tested).toMatchObject({ status: 400, body: published.body });
  });

  it('of a journey that is archived, or that does not exist', async () => {
    const id = await journey();
    await world.call('DELETE', `/api/journeys/${id}`);
    expect(await refused(id, { email: await user() })).toMatchObject({
      status: 409,
      body: { code: 'Conflict' },
    });
    expect((await refused(4711, { email: await user() })).status).toBe(404);
  });

  it('with a key that may only start journeys', async () => {
    const body = { email: await user() };
    const headers = { 'api-key': await world.keyWith('trigger') };
    expect((await world.call('POST', `/api/journeys/${await journey()}/test`, body, headers)).status).toBe(
      403,
    );
  });

  it('where a rate limit of the draft would not be enforced', async () => {
    const reason = 'Turn on fairness.';
    const own = await createApiWorld({ rateLimits: async () => ({ enforced: false, reason }) });
    try {
      const webhook = { name: 'CRM', endpoint: 'https://api.example.com/users' };
      const { id } = (await own.call('POST', '/api/journeyWebhooks', webhook)).body;
      const rateLimit = { limit: 1, per: 'second' };
      const tiles = [{ id: 'crm', type: 'webhook', webhookId: id, rateLimit }];
      await own.call('POST', '/api/users/update', { email: 'ada@example.com' });
      const created = await own.call('POST', '/api/journeys', { name: 'Limited', tiles });
      const path = `/api/journeys/${created.body.id}/test`;
      const { status, body } = await own.call('POST', path, { email: 'ada@example.com' });
      expect({ status, params: body.params }).toEqual({
        ...{ status: 400, params: { 'tiles[0].rateLimit': reason } },
      });
    } finally {
      await own.close();
    }
  });
});
