import { applyRetention } from '../../../src/background/retention';
import { sql } from 'drizzle-orm';
import { entries } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;

beforeEach(async () => {
  world = await createApiWorld();
});
afterEach(() => world.close());

/** Publishes a journey that begins so. Returns its id. */
async function journeyFor(entry: object, more: object = {}): Promise<number> {
  const { body } = await world.call('POST', '/api/journeys', { name: 'Begins', entry, tiles: [], ...more });
  const { status } = await world.call('POST', `/api/journeys/${body.id}/publish`);
  expect(status).toBe(200);
  return body.id as number;
}

const rows = () => world.db.select().from(entries);
const listEntries = async () => (await rows()).map(({ journeyId, triggerData }) => [journeyId, triggerData]);
const track = (event: object) =>
  world.call('POST', '/api/events/track', { email: 'a@example.com', ...event });

describe('POST /api/events/track', () => {
  it('stores the event, creates the user, and answers in Iterable’s shape', async () => {
    const { status, body } = await track({
      eventName: 'signup',
      dataFields: { plan: 'pro' },
      id: '12345',
      createdAt: 1_700_000_000,
    });
    expect(status).toBe(200);
    expect(body).toEqual({ msg: 'Event with id: 12345 tracked.', code: 'Success', params: { id: '12345' } });
    const read = await world.call('GET', '/api/events/a@example.com');
    expect(read.body.events).toEqual([
      {
        _id: '12345',
        eventType: 'customEvent',
        eventName: 'signup',
        email: 'a@example.com',
        createdAt: '2023-11-14T22:13:20.000Z',
        dataFields: { plan: 'pro' },
      },
    ]);
  });

  it('enters the user into the event’s journeys, with its fields and name as trigger data (B087, B091)', async () => {
    const journeyId = await journeyFor({ source: 'event', eventName: 'signup' });
    await journeyFor({ source: 'event', eventName: 'other' });
    await track({ eventName: 'signup', dataFields: { plan: 'pro' } });
    expect(await listEntries()).toEqual([[journeyId, { plan: 'pro', eventName: 'signup' }]]);
    expect(world.enqueued).toHaveLength(1);
  });

  it('enters a journey only if its condition holds, on the event or the profile', async () => {
    const where = {
      all: [
        { field: 'event.total', is: 'greaterThan', value: 10 },
        { field: 'profile.plan', is: 'equals', value: 'pro' },
      ],
    };
    await journeyFor({ source: 'event', eventName: 'order', where });
    await world.call('POST', '/api/users/update', { email: 'a@example.com', dataFields: { plan: 'pro' } });
    await track({ eventName: 'order', dataFields: { total: 5 } });
    expect(await listEntries()).toEqual([]);
    await track({ eventName: 'order', dataFields: { total: 50 } });
    expect(await listEntries()).toHaveLength(1);
  });

  it('treats fifty concurrent events of one id as one event and one entry', async () => {
    await journeyFor({ source: 'event', eventName: 'signup' });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        track({ eventName: 'signup', id: 'once', dataFields: { index } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await listEntries()).toHaveLength(1);
    expect((await world.call('GET', '/api/events/a@example.com')).body.events).toHaveLength(1);
  });

  it('enters the journeys published now, not those published a moment ago', async () => {
    const signup = { source: 'event', eventName: 'signup' };
    const where = { all: [{ field: 'event.total', is: 'greaterThan', value: 10 }] };
    const entered = async (dataFields: object) => {
      const before = (await rows()).length;
      await track({ eventName: 'signup', dataFields });
      return (await rows()).slice(before).map(({ journeyId }) => journeyId);
    };
    expect(await entered({})).toEqual([]);
    const one = await journeyFor(signup);
    const two = await journeyFor(signup);
    expect((await entered({})).sort()).toEqual([one, two]);
    expect((await entered({})).sort()).toEqual([one, two]);
    const big = await journeyFor({ ...signup, where });
    const first = await journeyFor(signup, { lifetimeLimit: 1 });
    expect((await entered({ total: 50 })).sort()).toEqual([one, two, big, first]);
    expect((await entered({ total: 50 })).sort()).toEqual([one, two, big]);
    expect((await entered({ total: 5 })).sort()).toEqual([one, two]);
    for (const id of [one, big, first]) await world.call('POST', `/api/journeys/${id}/unpublish`);
    expect(await entered({ total: 50 })).toEqual([two]);
    await world.call('POST', `/api/journeys/${two}/unpublish`);
    expect(await entered({})).toEqual([]);
    expect((await world.call('GET', '/api/events/a@example.com')).body.events).toHaveLength(8);
  });

  it.each(['email', 'userId'])(
    'publishes the user’s creation by %s and the entry to event webhooks',
    async (by) => {
      await world.call('POST', '/api/eventWebhooks', {
        name: 'All',
        targetUrl: 'https://example.com/events',
        eventTypes: ['participant.created', 'journey.entered'],
      });
      const journeyId = await journeyFor({ source: 'event', eventName: 'signup' });
      const who = by === 'email' ? { email: 'new@example.com' } : { email: undefined, userId: 'new' };
      await track({ eventName: 'signup', ...who });
      await track({ eventName: 'signup', ...who });
      const { rows: published } = (await world.db.execute(
        sql`select type, data from published_events order by type desc, id`,
      )) as unknown as { rows: { type: string; data: Record<string, Record<string, unknown>> }[] };
      const mine = { email: who.email ?? null, userId: who.userId ?? null };
      expect(published.map(({ type }) => type)).toEqual([
        'participant.created',
        'journey.entered',
        'journey.entered',
      ]);
      expect(published[0]!.data.participant).toMatchObject(mine);
      expect(published[1]!.data.entry).toMatchObject({ ...mine, journeyId, version: 1, status: 'accepted' });
      const ids = (await rows()).map(({ id }) => id);
      expect(
        published
          .slice(1)
          .map(({ data }) => data.entry!.id)
          .sort(),
      ).toEqual(ids.sort());
      expect(ids.every((id) => /^ent_[0-9a-z]{9}[0-9a-f]{18}$/.test(id))).toBe(true);
      // Two entries, and three deliveries of events.
      expect(world.enqueued).toHaveLength(5);
    },
  );

  it('enters a new user into a journey for new users once, whatever creates the user', async () => {
    const journeyId = await journeyFor({ source: 'newUser' });
    await track({ eventName: 'signup' });
    await track({ eventName: 'signup' });
    const api = await journeyFor({ source: 'api' });
    await world.call('POST', '/api/workflows/triggerWorkflow', { workflowId: api, email: 'b@example.com' });
    await world.call('POST', '/api/users/update', { email: 'c@example.com' });
    await world.call('POST', '/api/users/update', { email: 'c@example.com' });
    expect((await listEntries()).filter(([id]) => id === journeyId)).toHaveLength(3);
  });

  it.each([
    ['no name', { eventName: undefined }, 'BadJsonBody'],
    ['an empty name', { eventName: ' ' }, 'BadJsonBody'],
    ['an email that is none', { eventName: 'a', email: 'foo@' }, 'InvalidEmailAddressError'],
    ['nobody', { eventName: 'a', email: undefined }, 'BadParams'],
    ['two names', { eventName: 'a', userId: 'u' }, 'BadParams'],
    ['a time in milliseconds', { eventName: 'a', createdAt: 1_700_000_000_000 }, 'BadJsonBody'],
    ['an id that is too long', { eventName: 'a', id: 'é'.repeat(257) }, 'BadJsonBody'],
  ])('refuses %s', async (_what, event, code) => {
    const { status, body } = await track(event);
    expect([status, body.code]).toEqual([400, code]);
    expect((await world.call('GET', '/api/events/a@example.com')).body.events).toEqual([]);
  });
});

describe('POST /api/events/trackBulk', () => {
  it('tracks valid events, and names the others', async () => {
    const { status, body } = await world.call('POST', '/api/events/trackBulk', {
      events: [
        { email: 'a@example.com', eventName: 'one' },
        { email: 'foo@', eventName: 'two' },
        { userId: 'x'.repeat(53), eventName: 'three' },
        { eventName: 'four' },
        { userId: 'u1', eventName: 'five' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      successCount: 2,
      failCount: 3,
      invalidEmails: ['foo@'],
      invalidUserIds: ['x'.repeat(53)],
    });
    expect((await world.call('GET', '/api/events/byUserId/u1')).body.events).toHaveLength(1);
  });
});

describe('purchases and carts', () => {
  const items = [{ id: 'sku-1', name: 'Shoe', price: 19.5, quantity: 2, color: 'red' }];
  const user = { email: 'a@example.com', dataFields: { city: 'Lyon' } };

  it('fill and empty the cart, and enter the user into their journeys (B087, B091)', async () => {
    const cart = await journeyFor({ source: 'cartUpdate' });
    const bought = await journeyFor({ source: 'purchase' });
    const filled = await world.call('POST', '/api/commerce/updateCart', { user, items });
    expect(filled.body).toEqual({ msg: '', code: 'Success', params: null });
    const read = () => world.call('GET', '/api/users/getByEmail?email=a@example.com');
    expect((await read()).body.user.dataFields).toMatchObject({ city: 'Lyon', shoppingCartItems: items });
    await world.call('POST', '/api/commerce/trackPurchase', {
      user,
      items,
      total: 39,
      campaignId: 7,
      dataFields: { coupon: 'x' },
    });
    expect((await read()).body.user.dataFields).not.toHaveProperty('shoppingCartItems');
    expect(await listEntries()).toEqual([
      [
        cart,
        {
          shoppingCartItems: items,
          createdAt: expect.any(String) as string,
          eventType: 'cartUpdate',
          eventName: 'cartUpdate',
        },
      ],
      [
        bought,
        {
          coupon: 'x',
          total: 39,
          shoppingCartItems: items,
          campaignId: 7,
          createdAt: expect.any(String) as string,
          eventType: 'purchase',
          eventName: 'purchase',
        },
      ],
    ]);
  });

  it('are recorded once per id', async () => {
    await journeyFor({ source: 'purchase' });
    for (let time = 0; time < 3; time += 1) {
      await world.call('POST', '/api/commerce/trackPurchase', { user, items, total: 39, id: 'order-1' });
    }
    expect(await listEntries()).toHaveLength(1);
  });

  it('are refused without a total, with the path of the field', async () => {
    const { status, body } = await world.call('POST', '/api/commerce/trackPurchase', {
      user,
      items,
      total: '39',
    });
    expect([status, body.code]).toEqual([400, 'BadJsonBody']);
    expect(body.params).toEqual({ 'obj.total': [{ msg: ['error.expected.jsnumber'], args: [] }] });
  });
});

describe('a profile update', () => {
  it('enters the user into the journeys of each field it names, changed or not', async () => {
    const journeyId = await journeyFor({ source: 'profileUpdate', field: 'city' });
    const update = (dataFields: object) =>
      world.call('POST', '/api/users/update', { email: 'a@example.com', dataFields });
    await update({ city: 'Lyon' });
    expect(await listEntries()).toEqual([]);
    await update({ city: 'Lyon' });
    await update({ plan: 'pro' });
    expect(await listEntries()).toEqual([[journeyId, { city: 'Lyon' }]]);
  });

  it('enters a new user too, if the journey is set to', async () => {
    await journeyFor({ source: 'profileUpdate', field: 'city', alsoOnCreate: true });
    await world.call('POST', '/api/users/update', { email: 'a@example.com', dataFields: { city: 'Lyon' } });
    expect(await listEntries()).toHaveLength(1);
  });
});

describe('the limits of a journey', () => {
  const trigger = (workflowId: number, headers = {}) =>
    world.call('POST', '/api/workflows/triggerWorkflow', { workflowId, email: 'a@example.com' }, headers);

  it('hold for one user however many triggers come at once', async () => {
    const once = await journeyFor({ source: 'api' }, { lifetimeLimit: 1 });
    const twice = await journeyFor({ source: 'event', eventName: 'signup' }, { simultaneousLimit: 2 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => trigger(once)));
    await Promise.all(Array.from({ length: 20 }, () => track({ eventName: 'signup' })));
    const entered = answers.filter(({ body }) => 'entryId' in (body.params as object));
    expect(entered).toHaveLength(1);
    expect(answers.filter(({ body }) => body.params.skipped === 'lifetimeLimit')).toHaveLength(19);
    expect((await rows()).filter(({ journeyId }) => journeyId === twice)).toHaveLength(2);
  });

  it('still count entries that retention has deleted', async () => {
    const once = await journeyFor({ source: 'api' }, { lifetimeLimit: 1 });
    await trigger(once);
    await world.db.execute(
      sql`update entries set status = 'completed', ended_at = now() - interval '90 days'`,
    );
    await applyRetention({ db: world.db, log: { info: () => {}, warn: () => {} }, retentionDays: 30 });
    expect(await rows()).toHaveLength(0);
    expect((await trigger(once)).body.params).toEqual({ skipped: 'lifetimeLimit' });
  });

  it('let a user in again once the previous entry has ended, if they limit simultaneous entries', async () => {
    const one = await journeyFor({ source: 'api' }, { simultaneousLimit: 1 });
    await trigger(one);
    expect((await trigger(one)).body.params).toEqual({ skipped: 'simultaneousLimit' });
    await world.db.execute(sql`update entries set status = 'completed', ended_at = now()`);
    expect((await trigger(one)).body.params).toHaveProperty('entryId');
  });

  it('give the same answer for the same Idempotency-Key, let in or refused', async () => {
    const one = await journeyFor({ source: 'api' }, { lifetimeLimit: 1 });
    const first = await trigger(one, { 'idempotency-key': 'a' });
    const out = await trigger(one, { 'idempotency-key': 'b' });
    expect((await trigger(one, { 'idempotency-key': 'a' })).body).toEqual(first.body);
    expect((await trigger(one, { 'idempotency-key': 'b' })).body).toEqual(out.body);
    expect(await rows()).toHaveLength(1);
  });

  it('are those of the published version, not of the draft', async () => {
    const one = await journeyFor({ source: 'api' }, { lifetimeLimit: 1 });
    await trigger(one);
    await world.call('PUT', `/api/journeys/${one}`, { name: 'Draft', tiles: [] });
    expect((await trigger(one)).body.params).toEqual({ skipped: 'lifetimeLimit' });
    await world.call('POST', `/api/journeys/${one}/publish`);
    expect((await trigger(one)).body.params).toHaveProperty('entryId');
  });

  it('are listed if set, as the vendor’s client expects', async () => {
    await journeyFor({ source: 'event', eventName: 'signup' }, { lifetimeLimit: 3 });
    const { body } = await world.call('GET', '/api/journeys');
    expect(body.journeys[0]).toMatchObject({ lifetimeLimit: 3, triggerEventNames: ['signup'] });
    expect(body.journeys[0]).not.toHaveProperty('simultaneousLimit');
  });
});
