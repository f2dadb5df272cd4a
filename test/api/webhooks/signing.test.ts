import { eq, sql } from 'drizzle-orm';
import { secrets, signingSecrets } from '../../../src/db/schema';
import { deleteExpiredSigningSecrets, readWebhookSecrets } from '../../../src/db/secrets/signing-secrets';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

const BASE = { name: 'CRM sync', endpoint: 'https://api.example.com/users' };
const ON = { enabled: true };
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

describe('the signing of a journey webhook', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  const create = async (more: object = {}) =>
    (await world.call('POST', '/api/journeyWebhooks', { ...BASE, ...more })).body;
  const update = async (id: number, more: object = {}) =>
    (await world.call('PUT', `/api/journeyWebhooks/${id}`, { ...BASE, ...more })).body;
  const rotate = (id: number) => world.call('POST', `/api/journeyWebhooks/${id}/rotateSigningSecret`);
  const signersOf = async (id: number) =>
    (await readWebhookSecrets(world.db, world.sealer, { id, secretId: null })).signing;

  it('is off by default, and generates a secret shown once when turned on', async () => {
    expect(await create()).toMatchObject({ signing: { enabled: false } });
    const { id, signing } = await create({ signing: ON });
    expect(signing).toEqual({ enabled: true, secret: expect.stringMatching(SECRET) });
    const read = (await world.call('GET', `/api/journeyWebhooks/${id}`)).body;
    expect(read.signing).toEqual(ON);
    expect((await update(id, { signing: ON })).signing).toEqual(ON);
    const listed = await world.call('GET', '/api/journeyWebhooks?pageSize=200');
    expect(JSON.stringify(listed.body)).not.toContain('whsec_');
  });

  it('shows the secret in the PUT that first turns it on, and keeps it while off', async () => {
    const { id } = await create();
    const { secret } = (await update(id, { signing: ON })).signing;
    expect(secret).toMatch(SECRET);
    expect((await update(id)).signing).toEqual({ enabled: false });
    expect((await update(id, { signing: ON })).signing).toEqual(ON);
    expect(await signersOf(id)).toEqual([{ secret, expiresAt: null }]);
  });

  it('is stored sealed', async () => {
    const { id, signing } = await create({ signing: ON });
    const [row] = await world.db
      .select({ sealed: secrets.sealed })
      .from(secrets)
      .innerJoin(signingSecrets, eq(signingSecrets.secretId, secrets.id))
      .where(eq(signingSecrets.webhookId, id));
    expect(row!.sealed.toString('latin1')).not.toContain(signing.secret.slice(6));
  });

  it('gets a new secret by a rotation; the old one is valid for another day, then deleted', async () => {
    const { id, signing } = await create({ signing: ON });
    const answer = await rotate(id);
    expect(answer).toMatchObject({ status: 200, body: { secret: expect.stringMatching(SECRET) } });
    const signers = await signersOf(id);
    expect(signers).toEqual([
      { secret: answer.body.secret, expiresAt: null },
      { secret: signing.secret, expiresAt: expect.any(Number) },
    ]);
    const hoursLeft = (signers[1]!.expiresAt! - Date.now()) / 3_600_000;
    expect(hoursLeft).toBeGreaterThan(23.9);
    expect(hoursLeft).toBeLessThan(24.1);

    await deleteExpiredSigningSecrets(world.db);
    expect(await signersOf(id)).toHaveLength(2);
    await world.db.execute(sql`update signing_secrets set expires_at = now() where expires_at is not null`);
    const stored = await world.db.select().from(secrets);
    await deleteExpiredSigningSecrets(world.db);
    expect(await signersOf(id)).toEqual([{ secret: answer.body.secret, expiresAt: null }]);
    expect(await world.db.select().from(secrets)).toHaveLength(stored.length - 1);
  });

  it('can have its first secret before it is turned on', async () => {
    const { id } = await create();
    const { secret } = (await rotate(id)).body;
    expect((await update(id, { signing: ON })).signing).toEqual(ON);
    expect(await signersOf(id)).toEqual([{ secret, expiresAt: null }]);
  });

  it('has at most ten secrets, and one current one, when many rotate at once', async () => {
    const { id } = await create({ signing: ON });
    const answers = await Promise.all(Array.from({ length: 12 }, () => rotate(id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(9);
    expect(answers.find(({ status }) => status !== 200)).toMatchObject({
      status: 409,
      body: { code: 'Conflict' },
    });
    const signers = await signersOf(id);
    expect(signers.filter(({ expiresAt }) => expiresAt === null)).toHaveLength(1);
    expect(signers).toHaveLength(10);
  });

  it('is deleted with its webhook, secrets included', async () => {
    const { id } = await create({ signing: ON });
    await rotate(id);
    await world.call('DELETE', `/api/journeyWebhooks/${id}`);
    expect(await signersOf(id)).toEqual([]);
    expect(await rotate(id)).toMatchObject({ status: 404, body: { code: 'NotFound' } });
  });

  it('accepts no secret from a caller', async () => {
    const signing = { enabled: true, secret: 'whsec_AAAA' };
    const answer = await world.call('POST', '/api/journeyWebhooks', { ...BASE, signing });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(answer.body.params['signing.secret']).toMatch(/Leave it out/);
  });
});
