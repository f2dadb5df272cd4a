import { sql } from 'drizzle-orm';
import type { Role } from '../../../src/domain/people/person';
import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';
import { type SignedIn, signInAs } from '../../support/signed-in';

let world: ApiWorld;
const people = {} as Record<Role, SignedIn>;
beforeAll(async () => {
  world = await createApiWorld();
  await publishJourney(world);
  for (const role of ['viewer', 'marketer', 'integrator', 'admin'] as const) {
    people[role] = await signInAs(world, role);
  }
});
afterAll(() => world.close());

const add = (email: string, role = 'viewer') =>
  world.call('POST', '/api/people', { email, name: 'Ada', role });
const listed = async () => (await world.call('GET', '/api/people?pageSize=200')).body.people;

describe('people', () => {
  it('are added, listed newest first, changed and removed', async () => {
    const { status, body } = await add(' New.Person@Example.com ', 'marketer');
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        ...{ id: expect.any(Number), email: 'new.person@example.com', name: 'Ada', role: 'marketer' },
        revision: 1,
        ...{ hasPassword: false, signedInAt: null },
        ...{ createdAt: expect.stringMatching(/Z$/), updatedAt: expect.stringMatching(/Z$/) },
      },
    });
    expect((await listed())[0]).toEqual(body);
    const page = (await world.call('GET', '/api/people?pageSize=1')).body;
    expect(page.people).toEqual([body]);
    const next = (await world.call('GET', `/api/people?pageSize=1&pageToken=${page.nextPageToken}`)).body;
    expect(next.people).toMatchObject([
      { email: people.admin.email, hasPassword: true, signedInAt: expect.stringMatching(/Z$/) },
    ]);
    const changed = await world.call('PUT', `/api/people/${body.id}`, { ...body, name: 'Ada King' });
    expect(changed).toMatchObject({ status: 200, body: { id: body.id, name: 'Ada King' } });
    expect((await world.call('DELETE', `/api/people/${body.id}`)).status).toBe(204);
    expect((await listed()).map(({ id }: { id: number }) => id)).not.toContain(body.id);
    for (const [method, path] of [
      ['PUT', `/api/people/${body.id}`],
      ['DELETE', `/api/people/${body.id}`],
      ['POST', `/api/people/${body.id}/invite`],
    ] as const) {
      const sent = method === 'PUT' ? { email: 'x@example.com', name: 'X', role: 'viewer' } : undefined;
      expect(await world.call(method, path, sent)).toMatchObject({ status: 404, body: { code: 'NotFound' } });
    }
  });

  it('have an email each', async () => {
    const { body } = await add('one@example.com');
    expect(await add('ONE@example.com')).toMatchObject({ status: 409, body: { code: 'Conflict' } });
    const { body: other } = await add('two@example.com');
    const taken = await world.call('PUT', `/api/people/${other.id}`, { ...other, email: 'One@example.com' });
    expect(taken).toMatchObject({ status: 409, body: { code: 'Conflict' } });
    const own = await world.call('PUT', `/api/people/${body.id}`, { ...body, role: 'marketer' });
    expect(own.status).toBe(200);
  });

  it.each([
    [{ email: 'no email' }, 'email'],
    [{ email: 'a\u200bb@example.com' }, 'email'],
    [{ name: ' ' }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ role: 'owner' }, 'role'],
    [{ role: ['admin'] }, 'role'],
    [{ password: 'x' }, 'password'],
    [{ scopes: ['admin'] }, 'scopes'],
  ])('are refused with %j', async (change, field) => {
    const before = (await listed()).length;
    const values = { email: 'ok@example.com', name: 'Ok', role: 'viewer', ...change };
    const answer = await world.call('POST', '/api/people', values);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual([field]);
    expect((await listed()).length).toBe(before);
  });

  it('are recorded in the audit log with role and name, without email and link', async () => {
    const { id } = (await add('logged@example.com')).body;
    await world.call('PUT', `/api/people/${id}`, { email: 'logged@example.com', name: 'Ada', role: 'admin' });
    await world.call('POST', `/api/people/${id}/invite`);
    const { changes } = (await people.admin.call('GET', `/api/auditLog?target=person:${id}`)).body;
    expect(changes).toMatchObject([
      { action: 'person.invite', changes: [] },
      { action: 'person.update', changes: [{ path: 'role', before: 'viewer', after: 'admin' }] },
      { action: 'person.create', target: { id, name: 'Ada' } },
    ]);
    expect(JSON.stringify(changes)).not.toMatch(/logged@|code=/);
    await world.call('DELETE', `/api/people/${id}`);
  });
});

describe('an administrator', () => {
  it('is left, however many are removed at once, and the last one keeps the role', async () => {
    const lone = await createApiWorld();
    const admins: SignedIn[] = [];
    for (let count = 0; count < 3; count += 1) admins.push(await signInAs(lone, 'admin'));
    const statuses = await Promise.all(
      admins.map(async ({ call, email }, index) => {
        const { id } = admins[(index + 1) % 3]!;
        return index === 0
          ? (await call('PUT', `/api/people/${id}`, { email, name: 'A', role: 'viewer' })).status
          : (await call('DELETE', `/api/people/${id}`)).status;
      }),
    );
    const { body } = await lone.call('GET', '/api/people');
    const left = body.people.filter(({ role }: { role: string }) => role === 'admin');
    expect([statuses, left.length]).toEqual([statuses, expect.any(Number)]);
    expect(left.length).toBeGreaterThanOrEqual(1);
    for (const { id } of left.slice(1)) await lone.call('DELETE', `/api/people/${id}`);
    const [{ id, email }] = left;
    const refused = {
      status: 409,
      body: { code: 'Conflict', msg: expect.stringContaining('last administrator') },
    };
    expect(await lone.call('DELETE', `/api/people/${id}`)).toMatchObject(refused);
    const demoted = { email, name: 'A', role: 'integrator' };
    expect(await lone.call('PUT', `/api/people/${id}`, demoted)).toMatchObject(refused);
    await lone.close();
  });
});

describe('what a role may do', () => {
  const status = async (role: Role, method: string, path: string, body?: object) =>
    (await people[role].call(method, path, body)).status;
  const journey = { name: 'J', tiles: [] };
  const webhook = { name: 'W', endpoint: 'https://api.example.com/' };

  /** Whether each role, from the least to the most, is let in. */
  it.each<[string, string, object | undefined, [boolean, boolean, boolean, boolean]]>([
    ['GET', '/api/journeys', undefined, [true, true, true, true]],
    ['GET', '/api/entries', undefined, [true, true, true, true]],
    ['GET', '/api/lists', undefined, [true, true, true, true]],
    ['GET', '/api/deliveries', undefined, [true, true, true, true]],
    ['GET', '/api/notifications', undefined, [true, true, true, true]],
    ['POST', '/api/journeys', journey, [false, true, true, true]],
    ['POST', '/api/users/update', { email: 'u@example.com' }, [false, true, true, true]],
    ['GET', '/api/journeyWebhooks/names', undefined, [true, true, true, true]],
    ['GET', '/api/journeyWebhooks', undefined, [false, false, true, true]],
    ['GET', '/api/journeyWebhooks/1', undefined, [false, false, true, true]],
    ['GET', '/api/journeyWebhooks/1/usage', undefined, [false, false, true, true]],
    ['GET', '/api/eventWebhooks', undefined, [false, false, true, true]],
    ['GET', '/api/deliveries/dlv_1', undefined, [true, true, true, true]],
    ['GET', '/api/inbox/demo', undefined, [false, false, true, true]],
    ['POST', '/api/journeyWebhooks', webhook, [false, false, true, true]],
    ['POST', '/api/journeyWebhooks/preview', { webhook }, [false, false, true, true]],
    ['DELETE', '/api/journeyWebhooks/999', undefined, [false, false, true, true]],
    ['POST', '/api/notifications/readAll', undefined, [false, false, true, true]],
    [
      'POST',
      '/api/people',
      { email: 'p@example.com', name: 'P', role: 'admin' },
      [false, false, false, true],
    ],
    ['POST', '/api/people/1/invite', undefined, [false, false, false, true]],
    ['POST', '/api/apiKeys', { name: 'K', scopes: ['read'] }, [false, false, false, true]],
  ])('%s %s (B075)', async (method, path, body, allowed) => {
    const roles = ['viewer', 'marketer', 'integrator', 'admin'] as const;
    const statuses = await Promise.all(roles.map((role) => status(role, method, path, body)));
    expect(statuses.map((one) => one !== 403)).toEqual(allowed);
  });

  it('is said when it is not enough', async () => {
    const { body } = await people.viewer.call('POST', '/api/journeys', journey);
    expect(body).toEqual({
      msg: 'Your role, viewer, lacks “journeys”. An administrator can change it.',
      ...{ code: 'Forbidden', params: null },
    });
    expect((await people.marketer.call('GET', '/api/journeyWebhooks')).body.msg).toContain('“integrations”');
  });

  it('is nothing for a role of a later version', async () => {
    const { id, call } = await signInAs(world, 'viewer');
    await world.db.execute(sql`update people set role = 'auditor' where id = ${id}`);
    expect((await call('GET', '/api/journeys')).status).toBe(403);
  });

  it('is recorded under the person’s name', async () => {
    await people.marketer.call('POST', '/api/journeys', journey);
    const { changes } = (await world.call('GET', `/api/auditLog?actor=person:${people.marketer.id}`)).body;
    expect(changes[0]).toMatchObject({
      ...{ action: 'journey.create', actor: { type: 'person', id: people.marketer.id, name: 'A marketer' } },
    });
  });
});
