import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/db/connection/client';
import { foldedEmailSql } from '../../../src/db/users/lock';
import { foldedEmail } from '../../../src/domain/users/email';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { imported, profileOf } from '../../support/importing';

let world: ApiWorld;
let listId: number;
let workflowId: number;

beforeAll(async () => {
  world = await createApiWorld();
  listId = (await world.call('POST', '/api/lists', { name: 'Everybody' })).body.listId;
  workflowId = (await world.call('POST', '/api/journeys', { name: 'Any', tiles: [] })).body.id;
  await world.call('POST', `/api/journeys/${workflowId}/publish`);
});
afterAll(() => world.close());

type Request = [method: string, path: string, body?: object];
const call = ([method, path, body]: Request) => world.call(method, `/api${path}`, body);

/** Every call that names a user, by what it does. */
const calls: Record<string, (email: string) => Request> = {
  update: (email) => ['POST', '/users/update', { email }],
  'change from': (email) => [
    'POST',
    '/users/updateEmail',
    { currentEmail: email, newEmail: 'new@example.com' },
  ],
  'change to': (email) => ['POST', '/users/updateEmail', { currentUserId: 'some', newEmail: email }],
  'merge from': (email) => ['POST', '/users/merge', { sourceEmail: email, destinationUserId: 'some' }],
  'merge into': (email) => ['POST', '/users/merge', { sourceUserId: 'some', destinationEmail: email }],
  tag: (email) => ['POST', '/users/tags', { email, add: ['a'] }],
  consent: (email) => ['POST', '/users/consent', { email, category: 'a', action: 'accept' }],
  message: (email) => ['POST', '/messages', { email, channel: 'sms', content: 'a' }],
  track: (email) => ['POST', '/events/track', { email, eventName: 'seen' }],
  purchase: (email) => ['POST', '/commerce/trackPurchase', { user: { email }, items: [], total: 1 }],
  cart: (email) => ['POST', '/commerce/updateCart', { user: { email }, items: [] }],
  trigger: (email) => ['POST', '/workflows/triggerWorkflow', { workflowId, email }],
  read: (email) => ['GET', `/users/${encodeURIComponent(email)}`],
  'read by query': (email) => ['GET', `/users/getByEmail?email=${encodeURIComponent(email)}`],
  events: (email) => ['GET', `/events/${encodeURIComponent(email)}`],
  entries: (email) => ['GET', `/entries?email=${encodeURIComponent(email)}`],
  erase: (email) => ['DELETE', `/users/${encodeURIComponent(email)}`],
};
const bulk: Record<string, (email: string) => Request> = {
  update: (email) => ['POST', '/users/bulkUpdate', { users: [{ email }] }],
  subscribe: (email) => ['POST', '/lists/subscribe', { listId, subscribers: [{ email }] }],
  unsubscribe: (email) => ['POST', '/lists/unsubscribe', { listId, subscribers: [{ email }] }],
  track: (email) => ['POST', '/events/trackBulk', { events: [{ email, eventName: 'seen' }] }],
};

const noEmails = [
  'zero\u200bwidth@example.com',
  'end@example.com\u200b',
  '\u202ertl@example.com',
  'soft\u00adhyphen@example.com',
  'no\u00a0break@example.com',
  'line@example.com\n',
  'tab\t@example.com',
  "'quoted@example.com'",
  'empty@b..com',
  'empty@.com',
];

describe('a text with an invisible character, an empty label or quotes around it', () => {
  it.each(Object.entries(calls))('is no email in the call: %s', async (_name, request) => {
    for (const email of noEmails) {
      const { status, body } = await call(request(email));
      expect([email, status]).toEqual([email, 400]);
      expect(body.code).toMatch(/^(InvalidEmailAddressError|BadParams)$/);
    }
  });

  it.each(Object.entries(bulk))('is named as invalid in the bulk call: %s', async (_name, request) => {
    for (const email of noEmails) {
      expect((await call(request(email))).body).toMatchObject({ successCount: 0, invalidEmails: [email] });
    }
  });

  it('refuses its row in a file, and creates nobody', async () => {
    const rows = noEmails.map((email) => `"${email}"\n`).join('');
    const job = await imported(world, `email\n${rows}`);
    expect(job).toMatchObject({ total: noEmails.length, refusedCount: noEmails.length });
    expect(job.refused[0].reason).toBe(
      'This is not an email address. It has an invisible character, U+200B. Remove it.',
    );
    const users = await rowsOf(world.db, sql`select email from users where email ~ 'quoted|empty|zero|soft'`);
    expect(users).toEqual([]);
  });

  it('is explained where nobody can see it', async () => {
    const { body } = await call(calls.update!('end@example.com\u200b'));
    expect(body.msg).toBe(
      'Invalid email: end@example.com\u200b. It has an invisible character, U+200B. Remove it.',
    );
  });
});

describe('emails are compared by the case of A to Z alone', () => {
  it('in JavaScript and in the database', async () => {
    // All of the basic plane but NUL and half characters, in pieces that lower as a whole.
    const pieces = Array.from({ length: 256 }, (_, high) =>
      Array.from({ length: 256 }, (_low, low) => high * 256 + low)
        .filter((code) => code > 0 && (code < 0xd800 || code > 0xdfff))
        .map((code) => String.fromCodePoint(code))
        .join(''),
    );
    const rows = await rowsOf<{ folded: string }>(
      world.db,
      sql`select ${foldedEmailSql(sql`piece`)} as folded
          from unnest(${sql.param(pieces)}::text[]) with ordinality as pieces (piece, n) order by n`,
    );
    expect(rows.map(({ folded }) => folded)).toEqual(pieces.map(foldedEmail));
  });

  const pairs = [
    ['kelvin', 'kate', '\u212aate'],
    ['angstrom', '\u00e5ke', '\u212bke'],
    ['ohm', '\u03c9mega', '\u2126mega'],
    ['dotted-i', 'ida', '\u0130da'],
    ['umlaut', '\u00fcmit', '\u00dcmit'],
  ] as const;

  it.each(pairs)('so that a look-alike is another user in every call (%s)', async (tag, mine, theirs) => {
    const [one, two] = [`${mine}-${tag}@example.com`, `${theirs}-${tag}@example.com`];
    await call(['POST', '/users/update', { email: one, dataFields: { who: 'one' } }]);
    for (const name of ['track', 'trigger', 'cart', 'purchase', 'update', 'tag', 'read'] as const) {
      expect([name, (await call(calls[name]!(two))).status]).toEqual([name, 200]);
    }
    await call(['POST', '/users/update', { email: two, dataFields: { who: 'two' } }]);
    for (const request of [bulk.update!, bulk.subscribe!, bulk.track!]) {
      expect((await call(request(two))).body).toMatchObject({ successCount: 1 });
    }
    await imported(world, `email,row\n${one},1\n${two},2\n${one.replace('example.com', 'EXAMPLE.COM')},3\n`);
    expect(await profileOf(world, one)).toMatchObject({ who: 'one' });
    expect(await profileOf(world, two)).toMatchObject({ who: 'two', row: 2 });
    expect((await call(['GET', `/events/${encodeURIComponent(one)}`])).body.events).toEqual([]);
    expect((await call(['GET', `/entries?email=${encodeURIComponent(one)}`])).body.entries).toEqual([]);
    expect((await call(['GET', `/entries?email=${encodeURIComponent(two)}`])).body.entries).toHaveLength(1);
  });

  it('so that A and a are one user in every call', async () => {
    await call(['POST', '/users/update', { email: 'Case@Example.com' }]);
    for (const name of ['track', 'trigger', 'cart', 'consent', 'tag', 'read'] as const) {
      expect((await call(calls[name]!('cASE@eXAMPLE.COM'))).status).toBe(200);
    }
    await imported(world, 'email,row\ncase@EXAMPLE.com,1\nCASE@example.com,2\n');
    expect(await profileOf(world, 'case@example.com')).toMatchObject({ row: 2 });
    const found = await rowsOf(world.db, sql`select email from users where email ilike 'case@%'`);
    expect(found).toEqual([{ email: 'Case@Example.com' }]);
    expect((await call(calls.entries!('CASE@example.com'))).body.entries).toHaveLength(1);
    expect((await call(calls.erase!('CASE@example.com'))).status).toBe(200);
  });
});
