import { type ApiWorld, createApiWorld } from '../support/api-world';

/* Requests as Segment's and RudderStack's Iterable connectors make them: their headers, shapes and sizes. */

let world: ApiWorld;
let key: string;

beforeAll(async () => {
  world = await createApiWorld();
  key = await world.keyWith('trigger');
});
afterAll(() => world.close());

async function send(method: 'POST' | 'DELETE', url: string, headers: object, body?: object) {
  const answer = await world.app.inject({
    method,
    url: `/api/${url}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload: body && JSON.stringify(body),
  });
  return { status: answer.statusCode, body: answer.json() };
}

const user = async (email: string) => (await world.call('GET', `/api/users/${email}`)).body.user;
const eventsOf = async (email: string) => (await world.call('GET', `/api/events/${email}`)).body.events;

describe('Segment', () => {
  const post = (url: string, body: object) => send('POST', url, { 'Api-Key': key }, body);
  const identified = (index: number) => ({
    email: `segment${index}@example.com`,
    userId: `segment-${index}`,
    dataFields: { plan: 'pro', seen: '2026-11-29 10:00:00 +00:00', phoneNumber: null },
    mergeNestedObjects: false,
  });

  it('updates a user, and the email of one whom it names by both names', async () => {
    expect((await post('users/update', identified(0))).status).toBe(200);
    const { email, userId } = identified(0);
    const moved = { currentEmail: email, currentUserId: userId, newEmail: 'moved@example.com' };
    expect((await post('users/updateEmail', moved)).status).toBe(200);
    expect(await user('moved@example.com')).toMatchObject({ userId, dataFields: { plan: 'pro' } });
  });

  it('updates 1,001 users in one batch, and with updateOnly no others', async () => {
    const users = Array.from({ length: 1_001 }, (_, index) => identified(index + 1));
    const created = await post('users/bulkUpdate', { users });
    expect(created).toMatchObject({ status: 200, body: { successCount: 1_001, failCount: 0 } });
    const again = await post('users/bulkUpdate', { updateOnly: true, users: [users[0], identified(9_999)] });
    expect(again.body).toMatchObject({
      successCount: 1,
      failCount: 1,
      failedUpdates: { notFoundEmails: ['segment9999@example.com'], notFoundUserIds: [] },
    });
    expect(await user('segment9999@example.com')).toBeUndefined();
  });

  it('tracks 1,001 events in one batch, and a purchase', async () => {
    const events = Array.from({ length: 1_001 }, (_, index) => ({
      email: `segment${index + 1}@example.com`,
      userId: `segment-${index + 1}`,
      eventName: 'Button Clicked',
      id: `message-${index}`,
      dataFields: { button: 'Buy' },
      createdAt: 1_764_410_400,
      enable_batching: true,
      batch_size: 1_001,
    }));
    const tracked = await post('events/trackBulk', { events });
    expect(tracked).toMatchObject({ status: 200, body: { successCount: 1_001, failCount: 0 } });
    const purchase = await post('commerce/trackPurchase', {
      id: 'order-1',
      user: identified(1),
      items: [{ id: '1', name: 'Tea', price: 12.5, quantity: 2, categories: ['Drinks'], dataFields: {} }],
      total: 25,
      createdAt: 1_764_410_400,
      dataFields: { coupon: 'x' },
    });
    expect(purchase.status).toBe(200);
    expect(await eventsOf('segment1@example.com')).toMatchObject([
      { createdAt: '2025-11-29T10:00:00.000Z' },
      { createdAt: '2025-11-29T10:00:00.000Z' },
    ]);
  });
});

describe('RudderStack', () => {
  const post = (url: string, body: object) => send('POST', url, { api_key: key }, body);
  const identified = (index: number, bio = '') => ({
    email: `rudder${index}@example.com`,
    userId: `rudder-${index}`,
    dataFields: { bio, address: { city: 'Lyon' } },
    preferUserId: true,
    mergeNestedObjects: true,
  });
  const tracked = (index: number, more: object = {}) => ({
    email: `rudder${index}@example.com`,
    userId: `rudder-${index}`,
    eventName: 'Product Viewed',
    createdAt: 1_764_410_400_123,
    dataFields: { product: 'Tea' },
    ...more,
  });

  /** Which rows of a batch it takes for failed: it looks for the names of each in the lists of the answer. */
  const failedAmong = (
    rows: { email?: string; userId?: string; eventName?: string }[],
    answer: Record<string, unknown> & { failedUpdates: Record<string, string[]> },
  ) => {
    const lists: Record<string, unknown> = { ...answer, ...answer.failedUpdates };
    const named = (ending: string) =>
      Object.entries(lists).flatMap(([name, list]) => (name.endsWith(ending) ? (list as string[]) : []));
    const [emails, userIds] = [named('Emails'), named('UserIds')];
    return rows.flatMap(({ email, userId, eventName }, index) =>
      (email && emails.includes(email)) ||
      (userId && userIds.includes(userId)) ||
      (eventName && (answer.disallowedEventNames as string[] | undefined)?.includes(eventName))
        ? [index]
        : [],
    );
  };

  it('tracks an event of a known user by both names, in milliseconds', async () => {
    expect((await post('users/update', identified(0))).status).toBe(200);
    expect((await post('events/track', tracked(0))).status).toBe(200);
    expect(await eventsOf('rudder0@example.com')).toMatchObject([{ createdAt: '2025-11-29T10:00:00.123Z' }]);
    expect(
      await post('commerce/trackPurchase', {
        ...{ user: identified(0), total: 12, items: [], id: '17', createdAt: 1_764_410_400_123 },
        campaignId: null,
      }),
    ).toMatchObject({ status: 200 });
  });

  it('updates users with a body of just under 4,000,000 bytes', async () => {
    const users = Array.from({ length: 900 }, (_, index) => identified(index, 'x'.repeat(4_250)));
    expect(JSON.stringify({ users }).length).toBeGreaterThan(3_900_000);
    const answer = await post('users/bulkUpdate', { users });
    expect(answer).toMatchObject({ status: 200, body: { successCount: 900, failCount: 0 } });
  });

  it('finds each row that failed in the answer, and none that did not', async () => {
    const events = [
      tracked(0),
      tracked(1, { createdAt: 1e20 }),
      tracked(2, { email: 'foo@' }),
      tracked(3, { eventName: 'x'.repeat(300) }),
      tracked(4, { email: undefined, userId: 'é' }),
      tracked(5),
      tracked(6, { dataFields: [] }),
      { ...tracked(2), email: undefined },
      { ...tracked(1), email: undefined },
    ];
    const { body } = await post('events/trackBulk', { events });
    expect(failedAmong(events, body)).toEqual([1, 2, 3, 4, 6]);
    expect(body).toMatchObject({ successCount: 4, failCount: 5 });
    const users = [
      identified(10),
      { ...identified(11), dataFields: { bio: 7 } },
      { ...identified(12), email: 'foo@' },
    ];
    const updated = await post('users/bulkUpdate', { users });
    expect(failedAmong(users, updated.body)).toEqual([1, 2]);
    expect(updated.body).toMatchObject({ successCount: 1, failCount: 2 });
  });

  it('changes an email and deletes a user', async () => {
    const alias = { currentEmail: 'rudder5@example.com', newEmail: 'rudder5.new@example.com' };
    expect((await post('users/updateEmail', alias)).status).toBe(200);
    expect((await send('DELETE', 'users/byUserId/rudder-5', { api_key: key })).status).toBe(200);
    expect(await user('rudder5.new@example.com')).toBeUndefined();
  });
});
