import { gzipSync } from 'node:zlib';
import { findUser, updateUser } from '../../../src/db/users/users';
import { writeJson } from '../../../src/domain/lossless-json';
import type { Identity, Profile } from '../../../src/domain/users/profile';
import { raw, type Reply } from '../../support/receiver';
import { createWorld, type World } from '../../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

let count = 0;

/** Sends a new user through one User Profile tile whose endpoint answers this. */
async function fetchFor(
  reply: Reply,
  { tile = {}, identity, profile = {} }: { tile?: object; identity?: Identity; profile?: Profile } = {},
) {
  count += 1;
  const path = `/profile-${count}`;
  const user = identity ?? { email: `user${count}@example.com` };
  await updateUser(world, {
    ...user,
    dataFields: profile,
    mergeNestedObjects: false,
    createNewFields: true,
  });
  world.receiver.respondAt(path, reply);
  const tiles = [{ id: 'sync', type: 'userProfile', url: world.receiver.url + path, ...tile }];
  const { entry, deliveries } = await world.ended(
    await world.enter(await world.journey(tiles), { identity: user }),
  );
  const requests = world.receiver.requests.filter(({ url }) => url.startsWith(`${path}?`));
  return { entry, deliveries, requests, user: (await findUser(world.db, user))! };
}

describe('a User Profile tile', () => {
  it('gets the URL with the email appended and writes the answer to the profile (B036, B096, B101, B102)', async () => {
    const identity = { email: 'user@example.com' };
    const { entry, requests, user } = await fetchFor(
      { body: { firstName: 'Test', lastName: 'User' } },
      { identity, profile: { firstName: 'Old', city: 'Lyon' } },
    );
    expect(requests.map(({ method, url, text }) => [method, url.split('?')[1], text])).toEqual([
      ['GET', 'email=user@example.com', ''],
    ]);
    expect(entry.status).toBe('completed');
    expect(user.dataFields).toEqual({ firstName: 'Test', city: 'Lyon', lastName: 'User' });
  });

  it('writes each digit of a number, and nothing of an answer with a number that cannot be kept (B102)', async () => {
    const text = '{"id":7615917337495251231,"rate":0.1234567890123456789}';
    const { user } = await fetchFor({ body: text });
    expect(writeJson(user.dataFields)).toBe(text);
    const refused = await fetchFor({ body: '{"ok":1,"huge":1e400}' });
    expect(refused.deliveries[0]).toMatchObject({ status: 'failed', reason: 'not_json' });
    expect(refused.user.dataFields).toEqual({});
  });

  it('identifies a user without an email by the userId', async () => {
    const { requests } = await fetchFor({ body: {} }, { identity: { userId: 'u 1' } });
    expect(requests[0]!.url).toContain('?userId=u%201');
  });

  it('is the only tile whose answer reaches the profile (B004, B103)', async () => {
    const identity = { email: 'unchanged@example.com' };
    world.receiver.respondAt('/discarded', { body: { plan: 'hacked' } });
    const webhookId = await world.webhook({ endpoint: `${world.receiver.url}/discarded` });
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    await world.ended(await world.enter(journeyId, { identity }));
    expect((await findUser(world.db, identity))!.dataFields).toEqual({});
  });

  it.each<[string, Reply]>([
    ['an array', { body: '[{"a": 1}]' }],
    ['a text', { body: '"a"' }],
    ['null', { body: 'null' }],
    ['nothing', 200],
    ['broken JSON', { body: '{"a": 1' }],
    ['204', 204],
    ['a field named __proto__', { body: '{"__proto__": {"admin": true}}' }],
    [
      'a field that is nested deeper than an update may',
      { body: `{"a": ${'['.repeat(31)}${']'.repeat(31)}}` },
    ],
    ['a field without a name', { body: '{"": 1}' }],
    ['a field with a name of over 256 characters', { body: `{"${'x'.repeat(257)}": 1}` }],
  ])('exits at once, with the profile as it was, when the answer is %s (B028, C3)', async (_what, reply) => {
    const { entry, requests, user } = await fetchFor(reply, { profile: { city: 'Lyon' } });
    expect(entry).toMatchObject({ status: 'exited', reason: 'not_json', tileId: 'sync' });
    expect(requests).toHaveLength(1);
    expect(user.dataFields).toEqual({ city: 'Lyon' });
  });

  it('reads an answer in the charset that it declares, and logs it so', async () => {
    const headers = { 'content-type': 'application/json; charset=ISO-8859-1', 'content-encoding': 'gzip' };
    const body = gzipSync(Buffer.from('{"city": "Zürich"}', 'latin1'));
    const { deliveries, user } = await fetchFor({ headers, body });
    expect(user.dataFields).toEqual({ city: 'Zürich' });
    expect(deliveries[0]!.attempts[0]!.responseBody).toBe('{"city": "Zürich"}');
  });

  it('writes nothing of an answer whose bytes are no text', async () => {
    const { entry, user } = await fetchFor({ body: Buffer.from('{"city": "Zürich"}', 'latin1') });
    expect(entry).toMatchObject({ status: 'exited', reason: 'not_json' });
    expect(entry.detail).toContain('charset');
    expect(user.dataFields).toEqual({});
  });

  it('is retried when the body is cut, and writes nothing of it (G3)', async () => {
    const { entry, deliveries, user } = await fetchFor(
      raw('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"plan": "pro"}'),
    );
    expect(entry).toMatchObject({ status: 'exited', reason: 'network' });
    expect(deliveries[0]!.attempts).toMatchObject(Array(4).fill({ status: 200, reason: 'network' }));
    expect(user.dataFields).toEqual({});
  });

  it('follows its failure way if it has one', async () => {
    const { entry } = await fetchFor({ body: '[]' }, { tile: { onFailure: 'exit' } });
    expect(entry.status).toBe('completed');
  });

  it('writes nothing of an answer that changes a field’s type, and names the field', async () => {
    await fetchFor({ body: { shoeSize: 42 } });
    const { entry, user } = await fetchFor({ body: { shoeSize: 'large', fresh: 1 } });
    expect(entry).toMatchObject({ status: 'exited', reason: 'not_json' });
    expect(entry.detail).toContain('shoeSize');
    expect(user.dataFields).toEqual({});
  });

  it('does not change the user’s email and userId', async () => {
    const { user } = await fetchFor({ body: { email: 'other@example.com', userId: 'other', plan: 'pro' } });
    expect(user).toMatchObject({ userId: null, dataFields: { plan: 'pro' } });
    expect(user.email).toMatch(/^user\d+@/);
  });

  it('calls a saved GET webhook with its authentication', async () => {
    const secured = await world.webhook({
      method: 'GET',
      endpoint: `${world.receiver.url}/secured?a=1`,
      authentication: { type: 'bearer', token: 't0ken' },
    });
    world.receiver.respondAt('/secured', { body: { plan: 'gold' } });
    const identity = { email: 'gold@example.com' };
    const journeyId = await world.journey([{ id: 'sync', type: 'userProfile', webhookId: secured }]);
    await world.ended(await world.enter(journeyId, { identity }));
    const request = world.receiver.requests.find(({ url }) => url.startsWith('/secured'))!;
    expect(request.url).toBe('/secured?a=1&email=gold@example.com');
    expect(request.headers.authorization).toBe('Bearer t0ken');
    expect((await findUser(world.db, identity))!.dataFields).toEqual({ plan: 'gold' });
  });

  it('loses no concurrent update of the profile', async () => {
    const identity = { email: 'busy@example.com' };
    const update = (dataFields: Profile) =>
      updateUser(world, { ...identity, dataFields, mergeNestedObjects: false, createNewFields: true });
    await update({});
    world.receiver.respondAt('/busy-profile', { body: { fetched: true } });
    const journeyId = await world.journey([
      { id: 'sync', type: 'userProfile', url: `${world.receiver.url}/busy-profile` },
    ]);
    const passages = Array.from({ length: 5 }, async () =>
      world.ended(await world.enter(journeyId, { identity })),
    );
    await Promise.all(Array.from({ length: 20 }, (_, index) => update({ [`field${index}`]: index })));
    await Promise.all(passages);
    expect(Object.keys((await findUser(world.db, identity))!.dataFields)).toHaveLength(21);
  });
});
