import { eq } from 'drizzle-orm';
import { deliveryIdOf, openAttempt } from '../../../src/db/deliveries/deliveries';
import { closeAttempt, closeDelivery } from '../../../src/db/deliveries/close';
import { claimEntrySql } from '../../../src/db/entries/entries';
import { closeEntry } from '../../../src/db/entries/close';
import { deliveries } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';
import { undispatched } from '../../support/database';

const AT = Date.parse('2025-01-31T09:30:00Z');
const RUN = 'run-1';

describe('entries and deliveries', () => {
  let world: ApiWorld;
  let journeyId: number;
  let webhookId: number;
  beforeAll(async () => {
    world = await createApiWorld();
    ({ journeyId, webhookId } = await publishJourney(world));
  });
  afterAll(() => world.close());

  const get = (url: string) => world.call('GET', url);
  const enter = async (user: object, workflowId = journeyId): Promise<string> =>
    (await world.call('POST', '/api/workflows/triggerWorkflow', { workflowId, ...user })).body.params.entryId;

  /** One attempt of the entry's delivery that was answered 503, with a request as the worker seals it. */
  const attempt = async (entryId: string, at = AT, of = { journeyId, webhookId }) => {
    const call = {
      entryId,
      workflowId: entryId,
      firstRunId: RUN,
      tileId: 'crm',
      visit: 1,
      ...of,
      test: false,
    };
    const deliveryId = deliveryIdOf(call);
    const key = { deliveryId, generation: 1, number: 1 };
    const request = {
      method: 'POST',
      url: 'https://api.example.com/users',
      headers: { authorization: 'Bearer abc', 'x-api-key': 'k', 'content-type': 'application/json' },
      body: '{"plan":"pro"}',
    };
    const sealed = world.sealer.seal(`request/${deliveryId}`, JSON.stringify(request));
    await world.db.execute(claimEntrySql(call, 'crm', at));
    await openAttempt(world.db, call, key, { ...of, request: sealed, at });
    await closeAttempt(
      undispatched(world.db),
      call,
      key,
      {
        outcome: { kind: 'retry', reason: 'http_status', detail: 'Answered 503.' },
        status: 503,
        durationMs: 41,
        nextAttemptAt: at + 180_000,
        responseHeaders: { 'set-cookie': 'session=1', server: 'nginx' },
        responseBody: 'busy',
        refusedEarly: false,
      },
      undefined,
      at,
    );
    return deliveryId;
  };

  describe('an entry', () => {
    it('is read with its deliveries and its workflow', async () => {
      const id = await enter({ email: 'ada@example.com' });
      const deliveryId = await attempt(id);
      expect((await get(`/api/entries/${id}`)).body).toEqual({
        id,
        journeyId,
        journeyName: 'Win back',
        version: 1,
        test: false,
        email: 'ada@example.com',
        userId: null,
        status: 'running',
        tileId: 'crm',
        reason: null,
        detail: null,
        startedAt: '2025-01-31T09:30:00.000Z',
        endedAt: null,
        supersededBy: null,
        sentBy: null,
        sentTo: [],
        deliveries: [deliveryId],
        path: [{ tileId: 'crm', at: '2025-01-31T09:30:00.000Z', took: null, way: null, why: null }],
        waitingFor: { what: 'retry', until: '2025-01-31T09:33:00.000Z' },
        temporal: { namespace: 'default', workflowId: id, runId: RUN, url: `http://ui/${id}/${RUN}` },
      });
    });

    it('has the data that its templates read, until the user is erased', async () => {
      const dataFields = { cart: { id: 7 } };
      const id = await enter({ email: 'data@example.com', dataFields });
      const data = { journeyId, email: 'data@example.com', userId: null, liveData: null };
      expect((await get(`/api/entries/${id}/data`)).body).toEqual({ ...data, triggerData: dataFields });
      await world.call('DELETE', '/api/users/data@example.com');
      expect((await get(`/api/entries/${id}/data`)).body).toEqual({ ...data, email: null, triggerData: {} });
      expect((await get('/api/entries/ent_none/data')).status).toBe(404);
    });

    it('says how it ended', async () => {
      const id = await enter({ email: 'end@example.com' });
      const end = { status: 'exited', reason: 'http_status', detail: '503 after 4 requests' } as const;
      await closeEntry(undispatched(world.db), { entryId: id, workflowId: id, firstRunId: RUN }, end, AT);
      expect((await get(`/api/entries/${id}`)).body).toMatchObject({
        ...end,
        endedAt: '2025-01-31T09:30:00.000Z',
      });
      const answer = await world.call('POST', `/api/entries/${id}/exit`);
      expect(answer).toMatchObject({ status: 409, body: { code: 'Conflict' } });
    });

    it('is taken out at once, with or without a note, and once', async () => {
      const id = await enter({ userId: 'leaver' });
      const exit = (body?: object) => world.call('POST', `/api/entries/${id}/exit`, body);
      expect((await exit({ why: 1 })).status).toBe(400);
      const left = { id, status: 'cancelled', reason: 'operator', detail: 'Called support.' };
      const answer = await exit({ note: 'Called support.' });
      expect(answer).toMatchObject({ status: 202, body: { ...left, endedAt: expect.any(String) } });
      expect((await get(`/api/entries/${id}`)).body).toMatchObject(left);
      const signals = world.enqueued.filter((item) => 'exitOf' in item && item.exitOf === id);
      expect(signals).toEqual([expect.objectContaining({ workflowId: id, reason: 'operator' })]);
      expect(await exit()).toMatchObject({
        status: 409,
        body: { msg: expect.stringContaining('cancelled') },
      });
      const other = await enter({ userId: 'other leaver' });
      expect((await world.call('POST', `/api/entries/${other}/exit`)).body.detail).toBe('Asked to exit.');
    });

    it('is 404 when unknown', async () => {
      expect(await get('/api/entries/ent_none')).toMatchObject({ status: 404, body: { code: 'NotFound' } });
      expect((await world.call('POST', '/api/entries/ent_none/exit')).status).toBe(404);
      expect(await get('/api/entries/none')).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    });
  });

  describe('the list of entries', () => {
    const idsOf = async (query: string) =>
      (await get(`/api/entries?${query}`)).body.entries.map((entry: { id: string }) => entry.id);

    it('is filtered by journey, user, status and tile', async () => {
      const { journeyId: other } = await publishJourney(world);
      const ada = await enter({ email: 'Filter@example.com' }, other);
      const bob = await enter({ userId: 'filter bob' }, other);
      await world.db.execute(claimEntrySql({ entryId: bob, workflowId: bob, firstRunId: RUN }, 'crm', AT));
      expect((await idsOf(`journeyId=${other}`)).sort()).toEqual([ada, bob].sort());
      expect(await idsOf('email=filter%40EXAMPLE.com')).toEqual([ada]);
      expect(await idsOf('userId=filter%20bob')).toEqual([bob]);
      expect(await idsOf(`journeyId=${other}&status=running`)).toEqual([bob]);
      expect(await idsOf(`journeyId=${other}&tileId=crm`)).toEqual([bob]);
      expect((await get('/api/entries?status=lost')).status).toBe(400);
      expect((await get('/api/entries?reason=lost')).status).toBe(400);
    });

    it('is filtered by the webhook that was called', async () => {
      const other = await publishJourney(world);
      await enter({ userId: 'not called yet' }, other.journeyId);
      const called = await enter({ userId: 'called' }, other.journeyId);
      await attempt(called, AT, other);
      expect(await idsOf(`webhookId=${other.webhookId}`)).toEqual([called]);
      expect(await idsOf(`webhookId=${other.webhookId}&status=completed`)).toEqual([]);
      expect(await idsOf(`webhookId=${other.webhookId + 1}`)).toEqual([]);
      expect((await get('/api/entries?webhookId=crm')).status).toBe(400);
    });

    it('is paged newest first, each entry once', async () => {
      const { journeyId: other } = await publishJourney(world);
      const made = [];
      for (let n = 0; n < 5; n++) made.push(await enter({ userId: `page${n}` }, other));
      const pages = [];
      let token = '';
      do {
        const { entries, nextPageToken } = (
          await get(`/api/entries?journeyId=${other}&pageSize=2${token && `&pageToken=${token}`}`)
        ).body;
        pages.push(entries.map((entry: { id: string }) => entry.id));
        token = nextPageToken;
      } while (token);
      expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
      expect(pages.flat()).toEqual([...made].sort().reverse());
    });
  });

  describe('a delivery', () => {
    it('shows its request without credentials, and its attempts', async () => {
      const entryId = await enter({ email: 'delivery@example.com' });
      const id = await attempt(entryId);
      const { body, status } = await get(`/api/deliveries/${id}`);
      expect(status).toBe(200);
      expect(body).toEqual({
        id,
        entryId,
        email: 'delivery@example.com',
        userId: null,
        contentHidden: false,
        journeyId,
        journeyName: 'Win back',
        tileId: 'crm',
        webhookId,
        webhookName: 'CRM sync',
        eventId: null,
        eventWebhookId: null,
        test: false,
        status: 'pending',
        reason: null,
        detail: null,
        createdAt: '2025-01-31T09:30:00.000Z',
        endedAt: null,
        request: {
          method: 'POST',
          url: 'https://api.example.com/users',
          headers: {
            authorization: '[redacted]',
            'x-api-key': '[redacted]',
            'content-type': 'application/json',
          },
          body: '{"plan":"pro"}',
        },
        attempts: [
          {
            number: 1,
            startedAt: '2025-01-31T09:30:00.000Z',
            durationMs: 41,
            status: 503,
            outcome: 'retry',
            reason: 'http_status',
            detail: 'Answered 503.',
            nextAttemptAt: '2025-01-31T09:33:00.000Z',
            response: { headers: { 'set-cookie': '[redacted]', server: 'nginx' }, body: 'busy' },
          },
        ],
      });
    });

    it('that could not be rendered has no request and no attempts', async () => {
      const entryId = await enter({ email: 'unrendered@example.com' });
      const call = {
        entryId,
        workflowId: entryId,
        firstRunId: RUN,
        tileId: 'crm',
        visit: 1,
        journeyId,
        webhookId,
        test: false,
      };
      const failure = { status: 'failed', reason: 'render', detail: 'The body is no JSON.' } as const;
      await closeDelivery(undispatched(world.db), call, failure, AT);
      const { body } = await get(`/api/deliveries/${deliveryIdOf(call)}`);
      expect(body).toMatchObject({ ...failure, request: null, attempts: [] });
    });

    it('shows no sealed bytes when its request can no longer be opened', async () => {
      const id = await attempt(await enter({ email: 'sealed@example.com' }));
      await world.db
        .update(deliveries)
        .set({ request: Buffer.alloc(64) })
        .where(eq(deliveries.id, id));
      const answer = await get(`/api/deliveries/${id}`);
      expect(answer).toMatchObject({ status: 500, body: { code: 'GenericServerError' } });
    });

    it('is 404 when unknown', async () => {
      expect((await get('/api/deliveries/dlv_none')).status).toBe(404);
      expect((await get('/api/deliveries/7')).status).toBe(400);
    });
  });

  describe('the list of deliveries', () => {
    const idsOf = async (query: string) =>
      (await get(`/api/deliveries?${query}`)).body.deliveries.map(({ id }: { id: string }) => id);

    it('is filtered by entry, webhook, journey, status and time', async () => {
      const entryId = await enter({ email: 'listed@example.com' });
      const id = await attempt(entryId, AT + 86_400_000);
      expect(await idsOf(`entryId=${entryId}`)).toEqual([id]);
      expect(await idsOf(`entryId=${entryId}&webhookId=${webhookId}&journeyId=${journeyId}`)).toEqual([id]);
      expect(await idsOf(`entryId=${entryId}&status=failed`)).toEqual([]);
      expect(await idsOf('webhookId=2000000')).toEqual([]);
      expect(await idsOf('since=2025-02-01T09:30:00Z')).toEqual([id]);
      expect(await idsOf('since=2025-02-01T10:30:00%2B01:00')).toEqual([id]);
      expect((await get('/api/deliveries?since=yesterday')).body.params).toHaveProperty('since');
    });

    it('is paged newest first, also where times are equal', async () => {
      const made = [];
      const times = [0, 0, 0, 60_000, -60_000];
      const base = AT - 10 * 86_400_000;
      for (const [n, offset] of times.entries()) {
        made.push({ id: await attempt(await enter({ userId: `d${n}` }), base + offset), offset });
      }
      const newest = made.sort((a, b) => b.offset - a.offset || (a.id < b.id ? 1 : -1)).map(({ id }) => id);
      const pages = [];
      let token = '';
      do {
        const { deliveries: page, nextPageToken } = (
          await get(`/api/deliveries?pageSize=2${token && `&pageToken=${token}`}`)
        ).body;
        pages.push(...page.map(({ id }: { id: string }) => id));
        token = nextPageToken;
      } while (token);
      expect(pages.slice(-5)).toEqual(newest);
      expect(new Set(pages).size).toBe(pages.length);
    });
  });
});
