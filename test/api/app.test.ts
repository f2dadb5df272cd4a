import { type ApiWorld, createApiWorld, publishJourney } from '../support/api-world';

describe('the server', () => {
  const ready = { database: true, temporal: true };
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld({ ready: async () => ready })));
  beforeEach(() => void Object.assign(ready, { database: true, temporal: true }));
  afterAll(() => world.close());

  it('is alive as long as it answers, and ready when its dependencies answer', async () => {
    expect(await world.call('GET', '/readyz')).toMatchObject({ status: 200, body: ready });
    ready.temporal = false;
    expect(await world.call('GET', '/readyz')).toMatchObject({
      status: 503,
      body: { database: true, temporal: false },
    });
    expect(await world.call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('describes each call once, with its answers and errors', async () => {
    const { body } = await world.call('GET', '/api/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const operations = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(
      ([path, methods]) => Object.values(methods).map((operation) => ({ path, ...operation })),
    );
    const names = operations.map(({ operationId }) => operationId);
    expect(names.every((name) => /^[a-z]\w+$/.test(name))).toBe(true);
    expect(new Set(names).size).toBe(names.length);
    const signingIn = ['signIn', 'checkLink', 'welcome', 'getIdentityProvider'];
    for (const { path, operationId, responses, security } of operations.filter(({ path }) =>
      path.startsWith('/api'),
    )) {
      const statuses = Object.keys(responses).map((status) => status.toUpperCase());
      expect([path, ...statuses]).toEqual([path, expect.stringMatching(/^2\d\d$/), '4XX', '5XX']);
      expect([operationId, security]).toEqual([
        operationId,
        signingIn.includes(operationId) ? undefined : [{ ApiKey: [] }, { Session: [] }],
      ]);
    }
  });

  it('has a summary of at most eight words for each call, no two alike', async () => {
    const { paths } = (await world.call('GET', '/api/openapi.json')).body;
    const operations = Object.values(paths as Record<string, Record<string, Operation>>).flatMap((methods) =>
      Object.values(methods),
    );
    const summaries = operations.map(({ summary = '' }) => summary);
    const unfit = operations.filter(({ summary }) => !/^[A-Z]\S*( \S+){0,7}$/.test(summary ?? ''));
    expect(unfit.map(({ operationId, summary }) => [operationId, summary])).toEqual([]);
    expect(new Set(summaries).size).toBe(operations.length);
  });

  it('resolves every schema reference in the document', async () => {
    const { body } = await world.call('GET', '/api/openapi.json');
    const names = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name!,
    );
    expect(names).toContain('Condition');
    expect(Object.keys(body.components.schemas)).toEqual(expect.arrayContaining(names));
  });

  it('marks optional bodies as optional in the document, and text answers as text', async () => {
    const { paths } = (await world.call('GET', '/api/openapi.json')).body;
    expect(paths['/api/entries/{id}/exit'].post.requestBody.required).toBe(false);
    expect(paths['/api/journeys'].post.requestBody.required).toBe(true);
    for (const path of ['/api/lists/getUsers', '/api/lists/{id}/size']) {
      expect(Object.keys(paths[path].get.responses['200'].content)).toEqual(['text/plain']);
    }
  });

  it('documents examples that can be sent as they are', async () => {
    await publishJourney(world);
    for (const email of ['ada@example.org', 'grace@example.org']) {
      await world.call('POST', '/api/users/update', { email });
    }
    const targetUrl = 'https://crm.example.com/';
    const eventTypes = ['message.sent'];
    await world.call('POST', '/api/eventWebhooks', { name: 'CRM', targetUrl, eventTypes });
    const { paths } = (await world.call('GET', '/api/openapi.json')).body;
    const sent: string[] = [];
    for (const [path, methods] of Object.entries(paths as Record<string, Record<string, Operation>>)) {
      for (const [method, { requestBody, operationId }] of Object.entries(methods)) {
        const example = requestBody?.content['application/json']?.example;
        // A test of a webhook would call the endpoint.
        if (example === undefined || path.endsWith('/test')) continue;
        const { status, body } = await world.call(method.toUpperCase(), path.replace('{id}', '1'), example);
        expect([operationId, status < 300, body]).toEqual([operationId, true, body]);
        sent.push(operationId);
      }
    }
    expect(sent.length).toBeGreaterThan(10);
  });

  it('serves no route that is not built yet', async () => {
    const { paths } = (await world.call('GET', '/api/openapi.json')).body;
    expect(Object.keys(paths).sort()).toEqual(
      [
        '/healthz',
        '/readyz',
        '/callbacks/{token}',
        '/api/apiKeys',
        '/api/apiKeys/{id}',
        '/api/auditLog',
        '/api/oidc',
        '/api/people',
        '/api/people/{id}',
        '/api/people/{id}/invite',
        '/api/session',
        '/api/session/password',
        '/api/sessions',
        '/api/sessions/{id}',
        '/api/welcome',
        '/api/welcome/check',
        '/api/journeyWebhooks',
        '/api/journeyWebhooks/{id}',
        '/api/journeyWebhooks/preview',
        '/api/journeyWebhooks/test',
        '/api/journeyWebhooks/{id}/rotateSigningSecret',
        '/api/journeyWebhooks/{id}/usage',
        '/api/journeyWebhooks/names',
        '/api/journeyWebhooks/{id}/duplicate',
        '/api/journeyWebhooks/bulkDelete',
        '/api/journeys',
        '/api/journeys/names',
        '/api/journeys/{id}',
        '/api/journeys/{id}/tiles',
        '/api/journeys/{id}/versions',
        '/api/journeys/{id}/versions/{version}',
        '/api/journeys/{id}/refused',
        '/api/journeys/{id}/publish',
        '/api/journeys/{id}/unpublish',
        '/api/journeys/{id}/test',
        '/api/journeys/{id}/simulate',
        '/api/journeys/check',
        '/api/journeys/simulate',
        '/api/webhooks',
        '/api/workflows/triggerWorkflow',
        '/api/events/track',
        '/api/events/trackBulk',
        '/api/events/{email}',
        '/api/events/byUserId/{userId}',
        '/api/commerce/trackPurchase',
        '/api/commerce/updateCart',
        '/api/users/merge',
        '/api/users/tags',
        '/api/users/update',
        '/api/users/bulkUpdate',
        '/api/users/updateEmail',
        '/api/users/consent',
        '/api/users/getByEmail',
        '/api/users/{email}',
        '/api/users/byUserId/{userId}',
        '/api/users/getFields',
        '/api/users/search',
        '/api/users/details',
        '/api/users/import',
        '/api/users/export',
        '/api/lists/{id}/import',
        '/api/lists/{id}/export',
        '/api/messages',
        '/api/eventWebhooks',
        '/api/eventWebhooks/{id}',
        '/api/eventWebhooks/{id}/deliveries',
        '/api/eventWebhooks/{id}/rotateSecret',
        '/api/eventWebhooks/{id}/test',
        '/api/entries',
        '/api/entries/{id}',
        '/api/entries/{id}/data',
        '/api/entries/exit',
        '/api/entries/{id}/exit',
        '/api/deliveries',
        '/api/deliveries/failures',
        '/api/deliveries/summary',
        '/api/entries/summary',
        '/api/deliveries/{id}',
        '/api/jobs',
        '/api/jobs/{id}',
        '/api/jobs/{id}/refused',
        '/api/lists',
        '/api/lists/getUsers',
        '/api/lists/subscribe',
        '/api/lists/unsubscribe',
        '/api/lists/{id}',
        '/api/lists/{id}/size',
        '/api/lists/{id}/usage',
        '/api/lists/{id}/users',
        '/api/notifications',
        '/api/notifications/readAll',
        '/api/notifications/{id}/read',
        '/api/notifications/{id}/unread',
        '/api/inbox',
        '/api/inbox/{name}',
        '/api/inbox/{name}/{id}',
      ].sort(),
    );
  });

  it('serves a page for its document without a key', async () => {
    const page = await world.call('GET', '/docs', undefined, { 'api-key': '' });
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('swagger-ui') });
    expect((await world.call('GET', '/docs/json', undefined, { 'api-key': '' })).status).toBe(200);
  });

  it('logs a request by its route, never by its URL, headers or body', async () => {
    world.logged.splice(0);
    await world.call('GET', '/api/users/secret.person%40example.com', undefined, {
      'x-hint': 'hidden-header',
    });
    await world.call('POST', '/api/users/update', { email: 'secret.person@example.com' });
    expect(world.logged).toMatchObject([
      { method: 'GET', route: '/api/users/:email', status: 200, ms: expect.any(Number), level: 30 },
      { method: 'POST', route: '/api/users/update', status: 200 },
    ]);
    expect(JSON.stringify(world.logged)).not.toMatch(/secret\.person|hidden-header/);
  });
});

interface Operation {
  operationId: string;
  summary?: string;
  requestBody?: { content: { 'application/json'?: { example?: object } } };
  responses: Record<string, unknown>;
  security?: object[];
}
