import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/db/connection/client';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const PATH = '/api/auditLog';
const list = async (query = '') => (await world.call('GET', `${PATH}${query}`)).body.changes;
const last = async () => (await list('?pageSize=1'))[0];
const HOOK = { name: 'CRM sync', endpoint: 'https://api.example.com/users' };

describe('a change in the audit log', () => {
  it('has who, when, what, the fields before and after, and the request’s id', async () => {
    const { id } = (await world.call('POST', '/api/journeyWebhooks', HOOK)).body;
    const key = await world.keyWith('integrations');
    await world.call(
      'PUT',
      `/api/journeyWebhooks/${id}`,
      { ...HOOK, method: 'PUT', userFields: ['city'] },
      { 'api-key': key },
    );
    expect(await last()).toEqual({
      id: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      actor: { type: 'key', id: expect.any(Number), name: 'integrations' },
      action: 'webhook.update',
      target: { type: 'webhook', id, name: 'CRM sync' },
      changes: [
        { path: 'method', before: 'POST', after: 'PUT' },
        { path: 'userFields', before: [], after: ['city'] },
      ],
      requestId: expect.any(String),
    });
  });

  it('never has a secret, nor any text that a webhook sends', async () => {
    const secrets = ['s3cret-one', 's3cret-two', 'in-a-header', 'in-the-query', 'in-the-body'];
    const body = {
      ...HOOK,
      endpoint: 'https://api.example.com/users?sig=in-the-query',
      headers: [{ name: 'X-Token', value: 'in-a-header' }],
      body: '{"pin":"in-the-body"}',
      authentication: { type: 'bearer', token: 's3cret-one' },
      signing: { enabled: true },
    };
    const made = (await world.call('POST', '/api/journeyWebhooks', body)).body;
    const path = `/api/journeyWebhooks/${made.id}`;
    await world.call('PUT', path, { ...body, authentication: { type: 'bearer', token: 's3cret-two' } });
    expect((await last()).changes).toEqual([
      { path: 'authentication.token', before: { set: true }, after: { set: true } },
    ]);
    const { secret } = (await world.call('POST', `${path}/rotateSigningSecret`)).body;
    await world.call('DELETE', path);
    const [row] = await rowsOf<{ text: string }>(
      world.db,
      sql`select string_agg(audit_log::text, ' ') as text from audit_log`,
    );
    for (const hidden of [...secrets, secret, made.signing.secret]) expect(row!.text).not.toContain(hidden);
    expect(await list(`?target=webhook:${made.id}&action=webhook.create`)).toMatchObject([
      {
        changes: expect.arrayContaining([
          { path: 'endpoint', before: null, after: 'https://api.example.com/users?…' },
          { path: 'headers', before: null, after: [{ name: 'X-Token', value: '[11 characters]' }] },
          { path: 'body', before: null, after: '[21 characters]' },
          { path: 'authentication', before: null, after: { type: 'bearer', token: { set: true } } },
        ]),
      },
    ]);
  });

  it('names the tiles of a journey by their ids, and no secret of one', async () => {
    const inline = (token: string, url = 'https://a.example.com') => ({
      ...{ id: 'constructor', type: 'webhook' },
      webhook: { url, authentication: { type: 'bearer', token }, payload: { note: 'hidden-text' } },
    });
    const wait = { id: 'wait', type: 'delay', for: '1 day' };
    const { id } = (await world.call('POST', '/api/journeys', { name: 'A', tiles: [inline('t0ken-a')] }))
      .body;
    const path = `/api/journeys/${id}`;
    await world.call('PUT', path, { name: 'B', tiles: [wait, inline('t0ken-b')] });
    expect((await last()).changes).toEqual([
      { path: 'name', before: 'A', after: 'B' },
      { path: 'tiles', before: ['constructor'], after: ['wait', 'constructor'] },
      {
        path: 'tiles.constructor.webhook.authentication.token',
        before: { set: true },
        after: { set: true },
      },
      { path: 'tiles.wait', before: null, after: wait },
    ]);
    await world.call('PUT', path, { name: 'B', tiles: [wait, inline('t0ken-b')].reverse() });
    await world.call('POST', `${path}/publish`);
    expect((await last()).changes).toEqual([
      { path: 'status', before: 'draft', after: 'published' },
      { path: 'publishedVersion', before: null, after: 1 },
    ]);
    const text = JSON.stringify(await list(`?target=journey:${id}`));
    for (const hidden of ['t0ken', 'hidden-text']) expect(text).not.toContain(hidden);
  });

  it('has the numbers of two users who were merged, not their names', async () => {
    for (const email of ['from@example.com', 'into@example.com']) {
      await world.call('POST', '/api/users/update', { email, dataFields: { city: 'Graz' } });
    }
    const merge = { sourceEmail: 'from@example.com', destinationEmail: 'into@example.com' };
    await world.call('POST', '/api/users/merge', merge);
    const merged = await last();
    expect(merged).toMatchObject({ action: 'user.merge', target: { name: null } });
    expect(merged.changes).toEqual([{ path: 'source', before: expect.any(Number), after: null }]);
    await world.call('DELETE', '/api/users/into%40example.com');
    expect(await last()).toMatchObject({ action: 'user.erase', target: merged.target, changes: [] });
  });

  it('is there once however often an Idempotency-Key is sent', async () => {
    const header = { 'idempotency-key': 'make-a-list' };
    const ids = [];
    for (let count = 0; count < 3; count += 1) {
      ids.push((await world.call('POST', '/api/lists', { name: 'Once' }, header)).body.listId);
    }
    expect(new Set(ids).size).toBe(1);
    expect(await list(`?target=list:${ids[0]}`)).toHaveLength(1);
  });

  it('is of the system where the settings name a key', async () => {
    expect(await list('?actor=system')).toMatchObject([
      {
        actor: { type: 'system', id: null, name: 'system' },
        action: 'apiKey.create',
        target: { name: 'WAYHOOK_API_KEY' },
        requestId: null,
      },
    ]);
  });
});

describe('what is refused', () => {
  it.each([
    ['POST', '/api/journeyWebhooks', { name: '' }],
    ['PUT', '/api/journeyWebhooks/999', HOOK],
    ['DELETE', '/api/journeyWebhooks/999', undefined],
    ['POST', '/api/journeyWebhooks/bulkDelete', { ids: [999] }],
    ['POST', '/api/journeyWebhooks/999/duplicate', undefined],
    ['POST', '/api/journeyWebhooks/999/rotateSigningSecret', undefined],
    ['PUT', '/api/eventWebhooks/999', { name: 'A', targetUrl: HOOK.endpoint, eventTypes: ['message.sent'] }],
    ['DELETE', '/api/eventWebhooks/999', undefined],
    ['POST', '/api/eventWebhooks/999/test', undefined],
    ['POST', '/api/journeys/999/publish', undefined],
    ['DELETE', '/api/journeys/999', undefined],
    ['DELETE', '/api/lists/999', undefined],
    ['DELETE', '/api/users/nobody%40example.com', undefined],
    ['POST', '/api/notifications/999/read', undefined],
    ['POST', '/api/entries/ent_none/exit', undefined],
    ['DELETE', '/api/apiKeys/999', undefined],
  ])('leaves nothing: %s %s', async (method, path, body) => {
    const before = await last();
    await world.call(method, path, body);
    expect(await last()).toEqual(before);
  });
});

describe('the audit log', () => {
  it('is filtered by actor, action, target and time, each as a whole', async () => {
    const id = (await world.call('POST', '/api/lists', { name: 'Filtered' })).body.listId;
    const { id: wanted, actor, at } = await last();
    const found = async (query: string) => (await list(`?${query}`)).map((row: { id: number }) => row.id);
    for (const query of [
      ...[`actor=key`, `actor=${actor.id}`, `actor=key:${actor.id}`, `actor=WAYHOOK_API_KEY`],
      ...['action=list', 'action=list.create', 'target=list', `target=list:${id}`, 'target=Filtered'],
      ...[`since=${at}`, `actor=key&action=list&target=${id}&since=${at}`],
    ]) {
      expect({ query, has: (await found(query)).includes(wanted) }).toEqual({ query, has: true });
    }
    for (const query of [
      ...['actor=person', 'actor=key:0', 'actor=WAYHOOK', 'action=list.delete', 'action=list.', 'action=%25'],
      ...['target=webhook', `target=webhook:${id}`, 'since=2100-01-01T00:00:00Z'],
    ]) {
      expect({ query, has: (await found(query)).includes(wanted) }).toEqual({ query, has: false });
    }
  });

  it.each(['since=yesterday', 'who=me', 'pageSize=0', 'pageToken=x', `target=${'x'.repeat(255)}`])(
    'refuses %s',
    async (query) => {
      expect(await world.call('GET', `${PATH}?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'BadParams' },
      });
    },
  );

  it('comes in pages, newest first', async () => {
    const ids = (await list('?pageSize=200')).map((row: { id: number }) => row.id);
    expect(ids).toEqual([...ids].sort((one, other) => other - one));
    const first = (await world.call('GET', `${PATH}?pageSize=2`)).body;
    const next = await world.call('GET', `${PATH}?pageSize=2&pageToken=${first.nextPageToken}`);
    const paged = [...first.changes, ...next.body.changes].map(({ id }) => id);
    expect(paged).toEqual(ids.slice(0, 4));
  });

  it('is read by administrators and readers alone', async () => {
    for (const [scope, status] of [
      ['admin', 200],
      ['read', 200],
      ['integrations', 403],
      ['journeys', 403],
      ['trigger', 403],
    ] as const) {
      const key = await world.keyWith(scope);
      const answer = await world.call('GET', PATH, undefined, { 'api-key': key });
      expect({ scope, status: answer.status }).toEqual({ scope, status });
    }
  });

  it('has no row that can be changed', async () => {
    await expect(world.db.execute(sql`update audit_log set actor_name = 'me'`)).rejects.toThrow();
    await expect(world.db.execute(sql`truncate audit_log`)).rejects.toThrow();
    expect((await last()).actor.name).not.toBe('me');
  });

  it('and the change are stored together or not at all', async () => {
    await world.db.execute(sql`alter table audit_log rename to audit_log_away`);
    for (const [method, path, body] of [
      ['POST', '/api/journeyWebhooks', HOOK],
      ['POST', '/api/lists', { name: 'Lost' }],
      ['POST', '/api/apiKeys', { name: 'Lost', scopes: ['read'] }],
      ['POST', '/api/journeys', { name: 'Lost', tiles: [] }],
    ] as const) {
      expect((await world.call(method, path, body)).status).toBe(500);
    }
    await world.db.execute(sql`alter table audit_log_away rename to audit_log`);
    const names = await rowsOf(
      world.db,
      sql`select name from lists where name = 'Lost' union select name from api_keys where name = 'Lost'
          union select name from journeys where name = 'Lost'`,
    );
    expect(names).toEqual([]);
  });
});
