import { eq } from 'drizzle-orm';
import { users } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { CSV, imported, lines, NDJSON, profileOf } from '../../support/importing';

let world: ApiWorld;

beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const post = (path: string, body: object) => world.call('POST', `/api${path}`, body);

const KIB_700 = 'x'.repeat(700 * 1_024);
const fields = (from: number, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${from + n}`, true]));

/** A user whose profile has 700 KiB. */
const large = async (email: string) =>
  expect(await post('/users/update', { email, dataFields: { a: KIB_700 } })).toMatchObject({ status: 200 });
const keysOf = async (email: string) => Object.keys((await profileOf(world, email)) ?? {}).sort();

it('refuses an update by which a profile would be larger than 1 MiB', async () => {
  await large('one@example.com');
  expect(await post('/users/update', { email: 'one@example.com', dataFields: { b: KIB_700 } })).toMatchObject(
    {
      status: 400,
      body: { code: 'ProfileTooLarge', msg: expect.stringContaining('more than 1 MiB') as string },
    },
  );
  expect(await keysOf('one@example.com')).toEqual(['a']);
  expect(await post('/users/update', { email: 'one@example.com', dataFields: { a: 'small' } })).toMatchObject(
    {
      status: 200,
    },
  );
});

it('refuses a nested merge, a cart and a purchase by the same rule', async () => {
  const user = { email: 'two@example.com' };
  await post('/users/update', { ...user, dataFields: { nested: { a: KIB_700 } } });
  const answers = [
    await post('/users/update', {
      ...user,
      dataFields: { nested: { b: KIB_700 } },
      mergeNestedObjects: true,
    }),
    await post('/commerce/updateCart', {
      user,
      items: [{ id: '1', name: 'a', price: 1, quantity: 1, dataFields: { text: KIB_700 } }],
    }),
    await post('/commerce/trackPurchase', {
      user: { ...user, dataFields: { b: KIB_700 } },
      items: [],
      total: 1,
    }),
  ];
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
    Array(3).fill([400, 'ProfileTooLarge']),
  );
});

it('refuses more than 10,000 fields', async () => {
  const user = { email: 'fields@example.com' };
  for (let from = 0; from < 10_000; from += 1_000) {
    expect(await post('/users/update', { ...user, dataFields: fields(from, 1_000) })).toMatchObject({
      status: 200,
    });
  }
  expect(await post('/users/update', { ...user, dataFields: fields(10_000, 1) })).toMatchObject({
    body: { code: 'ProfileTooLarge', msg: expect.stringContaining('more than 10000 fields') as string },
  });
  expect(await post('/users/update', { ...user, dataFields: fields(5, 1) })).toMatchObject({ status: 200 });
});

it('refuses only such rows of a bulk call, and of users who are new', async () => {
  await large('three@example.com');
  const { body } = await post('/users/bulkUpdate', {
    users: [
      { email: 'three@example.com', dataFields: { b: KIB_700 } },
      { email: 'small@example.com', dataFields: { b: 'small' } },
      { email: 'new@example.com', dataFields: { a: KIB_700, b: KIB_700 } },
    ],
  });
  expect(body).toMatchObject({
    successCount: 1,
    failedUpdates: { invalidDataEmails: ['new@example.com', 'three@example.com'] },
  });
  expect(await keysOf('three@example.com')).toEqual(['a']);
  expect(await profileOf(world, 'new@example.com')).toBeUndefined();
});

it.each([
  ['CSV', CSV, `email,b\nfour@example.com,${KIB_700}\nfive@example.com,small\n`],
  [
    'NDJSON',
    NDJSON,
    lines(
      ...['four', 'five'].map((name) => ({
        email: `${name}@example.com`,
        dataFields: { b: name === 'four' ? KIB_700 : 'small' },
      })),
    ),
  ],
])('refuses only such rows of a file in %s', async (_format, type, file) => {
  await large('four@example.com');
  expect(await imported(world, file, { type })).toMatchObject({
    done: 2,
    refusedCount: 1,
  });
  expect(await keysOf('four@example.com')).toEqual(['a']);
  expect(await keysOf('five@example.com')).toEqual(['b']);
});

it('refuses to merge two users whose fields are too large together', async () => {
  await large('six@example.com');
  await post('/users/update', { email: 'seven@example.com', dataFields: { b: KIB_700 } });
  expect(
    await post('/users/merge', { sourceEmail: 'six@example.com', destinationEmail: 'seven@example.com' }),
  ).toMatchObject({ status: 400, body: { code: 'ProfileTooLarge' } });
  expect(await keysOf('six@example.com')).toEqual(['a']);
});

it('lets a profile that was too large before become smaller', async () => {
  await large('eight@example.com');
  const before = { a: KIB_700, b: KIB_700, c: 'x' };
  await world.db.update(users).set({ dataFields: before }).where(eq(users.email, 'eight@example.com'));
  const update = (dataFields: object) => post('/users/update', { email: 'eight@example.com', dataFields });
  expect(await update({ c: 'longer' })).toMatchObject({ body: { code: 'ProfileTooLarge' } });
  expect(await update({ b: KIB_700.slice(10) })).toMatchObject({ status: 200 });
});
