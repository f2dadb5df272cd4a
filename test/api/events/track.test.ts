import { applyRetention } from '../../../src/background/retention';
import { sql } from 'drizzle-orm';
import { entries } from '../../../src/db/schema';
import { type ApiWorld, type ApiWorlds, createApiWorlds } from '../../support/api-world';

let worlds: ApiWorlds;
let world: ApiWorld;
beforeAll(async () => void (worlds = await createApiWorlds()));
afterAll(() => worlds.close());
beforeEach(async () => void (world = await worlds.next()));
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

  it('reads createdAt as seconds, or as milliseconds from 100,000,000,000 on', async () => {
    const times = new Map([
      [0, '1970-01-01T00:00:00.000Z'],
      [99_999_999_999, '5138-11-16T09:46:39.000Z'],
      [100_000_000_000, '1973-03-03T09:46:40.000Z'],
      [1_598_631_966_468, '2020-08-28T16:26:06.468Z'],
      [253_402_300_799_999, '9999-12-31T23:59:59.999Z'],
    ]);
    const event = { email: 'a@example.com', eventName: 'timed' };
    const purchase = { user: { email: 'a@example.com' }, items: [], total: 1 };
    const events = [...times.keys()].map((createdAt) => ({ ...event, createdAt }));
    await world.call('POST', '/api/events/trackBulk', { events });
    for (const createdAt of times.keys()) {
      await track({ ...event, createdAt });
      await world.call('POST', '/api/commerce/trackPurchase', { ...purchase, createdAt });
    }
    const read = (await world.call('GET', '/api/events/a@example.com')).body.events as {
      createdAt: string;
    }[];
    const expected = [...times.values()].flatMap((time) => [time, time, time]);
    expect(read.map(({ createdAt }) => createdAt).sort()).toEqual(expected.sort());
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

  it('knows a repeat by user, name and id: another user’s event of that id is their own (B087)', async () => {
    const journeyId = await journeyFor({ source: 'event', eventName: 'shipped' });
    const shipped = (email: string, street: string, eventName = 'shipped') =>
      track({ email, eventName, id: 'order-1', dataFields: { street } });
    await shipped('a@example.com', 'Ann’s');
    await shipped('b@example.com', 'Bob’s');
    await shipped('a@example.com', 'Ann’s new');
    await shipped('a@example.com', 'of another name', 'packed');
    const events = async (email: string) =>
      (await world.call('GET', `/api/events/${email}`)).body.events.map(
        (event: { _id: string; eventName: string; dataFields: { street: string } }) =>
          [event._id, event.eventName, event.dataFields.street].join(' '),
      );
    expect((await events('a@example.com')).sort()).toEqual([
      'order-1 packed of another name',
      'order-1 shipped Ann’s new',
    ]);
    expect(await events('b@example.com')).toEqual(['order-1 shipped Bob’s']);
    expect(await listEntries()).toEqual([
      [journeyId, { street: 'Ann’s', eventName: 'shipped' }],
      [journeyId, { street: 'Bob’s', eventName: 'shipped' }],
    ]);
  });

  it('keeps a user’s events and their ids when the email changes', async () => {
    await journeyFor({ source: 'event', eventName: 'shipped' });
    await track({ eventName: 'shipped', id: 'order-1' });
    await world.call('POST', '/api/users/updateEmail', {
      currentEmail: 'a@example.com',
      newEmail: 'new@example.com',
    });
    await track({ eventName: 'shipped', id: 'order-1', email: 'new@example.com' });
    expect(await rows()).toHaveLength(1);
    // The address is free again, for another user with events of their own.
    await track({ eventName: 'shipped', id: 'order-1' });
    expect(await rows()).toHaveLength(2);
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
    ['a time after the year 9999', { eventName: 'a', createdAt: 253_402_300_800_000 }, 'BadJsonBody'],
    ['a time before 1970', { eventName: 'a', createdAt: -1 }, 'BadJsonBody'],
    ['a fraction of a second', { eventName: 'a', createdAt: 1_700_000_000.5 }, 'BadJsonBody'],
    ['an id that is too long', { eventName: 'a', id: 'é'.repeat(257) }, 'BadJsonBody'],
  ])('refuses %s', async (_what, event, code) => {
    const { status, body } = await track(event);
    expect([status, body.code]).toEqual([400, code]);
    expect((await world.call('GET', '/api/events/a@example.com')).body.events).toEqual([]);
  });
});

describe('POST /api/events/trackBulk', () => {
  const bulk = (events: unknown[]) => world.call('POST', '/api/events/trackBulk', { events });
  const namesOf = async (user: string) =>
    ((await world.call('GET', `/api/events/${user}`)).body.events as { eventName: string }[]).map(
      ({ eventName }) => eventName,
    );

  it('tracks valid events, and names each other one', async () => {
    const [long, endless] = ['x'.repeat(53), 'e'.repeat(256)];
    const { status, body } = await bulk([
      { email: 'a@example.com', eventName: 'one' },
      { email: 'foo@', eventName: 'two' },
      { userId: long, eventName: 'three' },
      { eventName: 'four' },
      { userId: 'u1', eventName: 'five' },
      { email: 'late@example.com', userId: 'u1', eventName: 'six', createdAt: 'yesterday' },
      { userId: 'u2' },
      { userId: 'u1', eventName: endless },
      { email: 7, eventName: 'seven' },
      'eight',
      { userId: 'u3', eventName: 'nine', createNewFields: false },
    ]);
    expect(status).toBe(200);
    expect(body).toEqual({
      successCount: 2,
      failCount: 9,
      invalidEmails: ['foo@', '7'],
      invalidUserIds: [long],
      disallowedEventNames: [endless],
      createdFields: [],
      filteredOutFields: [],
      failedUpdates: {
        invalidEmails: ['foo@', '7'],
        invalidUserIds: [long],
        invalidDataEmails: ['late@example.com'],
        invalidDataUserIds: ['u2', 'u3'],
        ...{ notFoundEmails: [], notFoundUserIds: [], forgottenEmails: [], forgottenUserIds: [] },
      },
    });
    expect(await namesOf('byUserId/u1')).toEqual(['five']);
    expect(await namesOf('a@example.com')).toEqual(['one']);
  });

  it('starts the journeys of its events, and keeps each user’s events in order', async () => {
    const journeyId = await journeyFor({ source: 'event', eventName: 'signup' });
    const welcome = await journeyFor({ source: 'newUser' });
    const events = ['a', 'b', 'c'].flatMap((name) =>
      ['opened', 'signup', 'read'].map((eventName) => ({ email: `${name}@example.com`, eventName })),
    );
    expect((await bulk(events)).body).toMatchObject({ successCount: 9, failCount: 0 });
    const started = (await listEntries()).map(([id]) => id);
    expect(started.filter((id) => id === journeyId)).toHaveLength(3);
    expect(started.filter((id) => id === welcome)).toHaveLength(3);
    await world.call('POST', `/api/journeys/${welcome}/unpublish`);
    await bulk([...events, { userId: 'new', eventName: 'opened' }]);
    expect(await rows()).toHaveLength(9);
    const { rows: recorded } = (await world.db.execute(
      sql`select name from events join users on users.id = events.user_id where email = 'b@example.com' order by recorded_at, events.id`,
    )) as unknown as { rows: { name: string }[] };
    expect(recorded.map(({ name }) => name)).toEqual([
      ...['opened', 'signup', 'read'],
      ...['opened', 'signup', 'read'],
    ]);
  });

  it('creates each new user once, whatever names the events give', async () => {
    const both = { email: 'both@example.com', userId: 'both' };
    await world.call('POST', '/api/users/update', { email: 'other@example.com', userId: 'other' });
    const { body } = await bulk([
      { ...both, eventName: 'one' },
      { email: 'BOTH@example.com', eventName: 'two' },
      { userId: 'both', eventName: 'three' },
      { email: 'second@example.com', userId: 'both', eventName: 'four' },
      { userId: 'only', eventName: 'five' },
      { email: 'third@example.com', userId: 'only', eventName: 'six' },
      { email: 'fourth@example.com', userId: 'other', eventName: 'seven' },
    ]);
    expect(body).toMatchObject({ successCount: 7, failCount: 0 });
    expect((await namesOf('both@example.com')).sort()).toEqual(['one', 'three', 'two']);
    expect(await namesOf('second@example.com')).toEqual(['four']);
    expect((await namesOf('byUserId/only')).sort()).toEqual(['five', 'six']);
    expect(await namesOf('fourth@example.com')).toEqual(['seven']);
    expect(await namesOf('other@example.com')).toEqual([]);
    expect((await world.call('GET', '/api/users/byUserId/both')).body.user).toMatchObject(both);
  });

  it('takes a repeated id for one event, with the last values, in one call and between calls', async () => {
    const event = { email: 'a@example.com', eventName: 'order', id: 'o-1' };
    const events = [1, 2, 3].map((step) => ({
      ...event,
      dataFields: { step, text: 'a "quoted", {braced}' },
    }));
    expect((await bulk(events)).body).toMatchObject({ successCount: 3 });
    await bulk([
      { ...event, dataFields: { step: 4 }, campaignId: 9 },
      { ...event, eventName: 'shipment' },
    ]);
    const { events: read } = (await world.call('GET', '/api/events/a@example.com')).body;
    expect(read).toHaveLength(2);
    expect(read).toContainEqual(
      expect.objectContaining({ eventName: 'order', dataFields: { step: 4 }, campaignId: 9 }),
    );
  });

  it('takes 8,000 events of 500 bytes in one call, and refuses one more', async () => {
    const events = Array.from({ length: 8_000 }, (_, index) => ({
      ...{ email: `user${index % 900}@example.com`, userId: `u${index % 900}`, eventName: 'seen' },
      dataFields: { index, text: 'x'.repeat(380) },
    }));
    expect((await bulk(events)).body).toMatchObject({ successCount: 8_000, failCount: 0 });
    const { rows: counted } = (await world.db.execute(
      sql`select count(*)::int as events, count(distinct user_id)::int as users from events`,
    )) as unknown as { rows: unknown[] };
    expect(counted).toEqual([{ events: 8_000, users: 900 }]);
    const refused = await bulk(Array.from({ length: 8_001 }, () => 0));
    expect([refused.status, refused.body.code]).toEqual([400, 'BadJsonBody']);
    expect(JSON.stringify(refused.body.params)).toContain('at most 8000 events');
    const large = await bulk([
      { email: 'a@example.com', eventName: 'x', dataFields: { x: 'x'.repeat(4_200_000) } },
    ]);
    expect([large.status, large.body.msg]).toEqual([413, expect.stringContaining('4 MiB')]);
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

  it('keep their data beside a custom event or another user’s purchase with the same id', async () => {
    const buy = (email: string, total: number) =>
      world.call('POST', '/api/commerce/trackPurchase', { user: { email }, items, total, id: 'order-1' });
    await journeyFor({ source: 'purchase' });
    await journeyFor({ source: 'event', eventName: 'purchase' });
    await buy('a@example.com', 50);
    await track({ eventName: 'purchase', id: 'order-1', dataFields: { carrier: 'X' } });
    await buy('d@example.com', 9);
    const read = async (email: string) =>
      (await world.call('GET', `/api/events/${email}`)).body.events.map(
        (event: { eventType: string; dataFields: { total?: number } }) =>
          `${event.eventType} ${event.dataFields.total}`,
      );
    expect((await read('a@example.com')).sort()).toEqual(['customEvent undefined', 'purchase 50']);
    expect(await read('d@example.com')).toEqual(['purchase 9']);
    expect(await rows()).toHaveLength(3);
  });

  it('are refused with items that are nested deeper than a field may be', async () => {
    const nested = (levels: number) => [
      { ...items[0], more: JSON.parse('['.repeat(levels) + ']'.repeat(levels)) },
    ];
    const fill = async (levels: number) =>
      (await world.call('POST', '/api/commerce/updateCart', { user, items: nested(levels) })).status;
    expect([await fill(28), await fill(29)]).toEqual([200, 400]);
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
