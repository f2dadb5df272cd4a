import { raiseNotification } from '../../../src/db/notifications/notifications';
import { notifications } from '../../../src/db/schema';
import type { NotificationKind } from '../../../src/domain/notification';
import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';

const AT = Date.parse('2025-01-31T09:30:00Z');
const ENTRY = { entryId: 'ent_1', deliveryId: 'dlv_1', detail: 'The endpoint answered 404 Not Found.' };

describe('the notification center (B130)', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  beforeEach(() => world.db.delete(notifications));
  afterAll(() => world.close());

  const list = async (query = '') => (await world.call('GET', `/api/notifications${query}`)).body;
  const raise = (kind: NotificationKind, at: number, more: object = {}) =>
    raiseNotification(world.db, {
      ...{ kind, webhookId: null, journeyId: null, tileId: null, at },
      ...ENTRY,
      ...more,
    });
  /** Three notifications of one webhook, the last one first. */
  const raiseThree = async () => {
    const { webhookId } = await publishJourney(world);
    const kinds = ['webhook_failed', 'token_failed', 'early_401'] as const;
    for (const [index, kind] of kinds.entries()) await raise(kind, AT + index, { webhookId });
    return (await list()).notifications.map(({ id }: { id: number }) => id) as number[];
  };

  it('shows what happened, where, and what to do (B030)', async () => {
    const where = { ...(await publishJourney(world)), tileId: 'crm' };
    await raise('webhook_failed', AT, where);
    await raise('webhook_failed', AT + 1_000, where);
    expect(await list()).toEqual({
      unread: 1,
      notifications: [
        {
          ...{ id: expect.any(Number), level: 'error', kind: 'webhook_failed', count: 2, read: false },
          title: 'Journey webhook “CRM sync” has encountered errors, and users have exited.',
          text: 'Last at tile “crm” of journey “Win back”: The endpoint answered 404 Not Found. Look at the last delivery, then fix the endpoint or the webhook.',
          ...where,
          ...{ lastEntryId: 'ent_1', lastDeliveryId: 'dlv_1' },
          createdAt: '2025-01-31T09:30:00.000Z',
          updatedAt: '2025-01-31T09:30:01.000Z',
        },
      ],
    });
  });

  it('has one notification per tile of an inline webhook, which has no name (C13)', async () => {
    const { journeyId } = await publishJourney(world);
    for (const tileId of ['one', 'two', 'two']) await raise('webhook_failed', AT, { journeyId, tileId });
    const { notifications: listed } = await list();
    expect(listed).toMatchObject([
      { tileId: 'two', count: 2, title: expect.stringMatching(/^An inline webhook/) },
      { tileId: 'one', count: 1 },
    ]);
    expect(listed[0]).not.toHaveProperty('webhookId');
  });

  it('has a level and a text for each kind, even if nothing is named', async () => {
    const levels = {
      webhook_failed: 'error',
      early_401: 'warning',
      token_failed: 'error',
      webhook_deleted: 'error',
      rate_limit_unenforced: 'warning',
    };
    for (const kind of Object.keys(levels)) await raise(kind as NotificationKind, AT, { detail: null });
    const { notifications: listed } = await list();
    expect(
      Object.fromEntries(listed.map(({ kind, level }: Record<string, string>) => [kind, level])),
    ).toEqual(levels);
    for (const { title, text } of listed) {
      expect(title).toMatch(/^[A-Z].*\.$/);
      expect(text).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('pages the most recent first, or only the unread', async () => {
    const ids = await raiseThree();
    const first = await list('?pageSize=2');
    const second = await list(`?pageSize=2&pageToken=${first.nextPageToken}`);
    expect([...first.notifications, ...second.notifications].map(({ id }) => id)).toEqual(ids);
    expect(second).not.toHaveProperty('nextPageToken');
    await world.call('POST', `/api/notifications/${ids[1]}/read`);
    const unread = await list('?unread=true');
    expect(unread).toMatchObject({ unread: 2, notifications: [{ id: ids[0] }, { id: ids[2] }] });
    expect(await list('?read=true')).toMatchObject({ unread: 2, notifications: [{ id: ids[1] }] });
    expect((await list('?unread=false')).notifications).toHaveLength(3);
    expect((await list('?unread=true&read=true')).notifications).toHaveLength(3);
    expect((await world.call('GET', '/api/notifications?unread=maybe')).body.params).toHaveProperty('unread');
  });

  it('goes by the time of the first or the last occurrence, or by level, page by page', async () => {
    const { webhookId } = await publishJourney(world);
    const raised = ['webhook_failed', 'early_401', 'token_failed'] as const;
    for (const [index, kind] of raised.entries()) await raise(kind, AT + index, { webhookId });
    await raise('webhook_failed', AT + 10, { webhookId });
    const kinds = async (sort: string) => {
      const first = await list(`?sort=${sort}&pageSize=1`);
      const second = await list(`?sort=${sort}&pageToken=${first.nextPageToken}`);
      return [...first.notifications, ...second.notifications].map(({ kind }) => kind);
    };
    expect(await kinds('updatedAt')).toEqual(['webhook_failed', 'token_failed', 'early_401']);
    expect(await kinds('createdAt')).toEqual(['token_failed', 'early_401', 'webhook_failed']);
    expect(await kinds('level')).toEqual(['webhook_failed', 'token_failed', 'early_401']);
    expect((await world.call('GET', '/api/notifications?sort=name')).status).toBe(400);
  });

  it('marks one as read or unread, and all as read', async () => {
    const ids = await raiseThree();
    const mark = (path: string) => world.call('POST', `/api/notifications/${path}`);
    expect(await mark(`${ids[0]}/read`)).toMatchObject({ status: 200, body: { id: ids[0], read: true } });
    expect(await mark('readAll')).toMatchObject({ status: 200, body: { marked: 2 } });
    expect(await mark(`${ids[1]}/unread`)).toMatchObject({ status: 200, body: { read: false } });
    expect(await list('?unread=true')).toMatchObject({ unread: 1, notifications: [{ id: ids[1] }] });
    expect(await mark('999/read')).toMatchObject({ status: 404, body: { code: 'NotFound' } });
  });

  it('is read with the scope “read” and changed with “integrations”', async () => {
    const [id] = await raiseThree();
    const readOnly = { 'api-key': await world.keyWith('read') };
    expect((await world.call('GET', '/api/notifications', undefined, readOnly)).status).toBe(200);
    for (const path of [`${id}/read`, `${id}/unread`, 'readAll']) {
      const answer = await world.call('POST', `/api/notifications/${path}`, undefined, readOnly);
      expect(answer.status).toBe(403);
    }
    const integrations = { 'api-key': await world.keyWith('integrations') };
    expect((await world.call('POST', '/api/notifications/readAll', undefined, integrations)).status).toBe(
      200,
    );
  });
});
