import { count, eq, sql } from 'drizzle-orm';
import { entries, idempotencyKeys, outbox, users } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';

describe('triggerWorkflow', () => {
  let world: ApiWorld;
  let journeyId: number;
  beforeAll(async () => {
    world = await createApiWorld();
    ({ journeyId } = await publishJourney(world));
  });
  beforeEach(() => void world.enqueued.splice(0));
  afterAll(() => world.close());

  const trigger = (body: object, headers?: Record<string, string>) =>
    world.call('POST', '/api/workflows/triggerWorkflow', { workflowId: journeyId, ...body }, headers);
  const entryCount = async () => (await world.db.select({ n: count() }).from(entries))[0]!.n;
  const refused = async (...request: Parameters<typeof trigger>) => {
    const before = await entryCount();
    const answer = await trigger(...request);
    expect(await entryCount()).toBe(before);
    expect(world.enqueued).toEqual([]);
    return answer;
  };

  it('enters the user into the journey: stored and enqueued before the answer (B099)', async () => {
    const answer = await trigger({
      email: 'test.user@example.com',
      dataFields: { promotionId: 123, color: 'red' },
    });
    const { entryId } = answer.body.params;
    expect(answer).toMatchObject({ status: 200, body: { msg: '', code: 'Success', params: { entryId } } });
    expect(world.enqueued).toEqual([{ entryId, journeyId, version: 1 }]);
    const [entry] = await world.db.select().from(entries).where(eq(entries.id, entryId));
    expect(entry).toMatchObject({
      journeyId,
      version: 1,
      status: 'accepted',
      triggerData: { promotionId: 123, color: 'red' },
    });
    expect(await world.db.select().from(outbox).where(eq(outbox.ref, entryId))).toHaveLength(1);
  });

  it('creates an unknown user, and finds one whatever the case of the email', async () => {
    await trigger({ email: 'New.User@example.com' });
    await trigger({ email: 'new.user@EXAMPLE.com' });
    await trigger({ userId: 'u-7' });
    const rows = await world.db
      .select()
      .from(users)
      .where(sql`lower(email) = 'new.user@example.com'`);
    expect(rows).toMatchObject([{ email: 'New.User@example.com', dataFields: {} }]);
    expect(await world.db.select().from(users).where(eq(users.userId, 'u-7'))).toHaveLength(1);
  });

  it('treats null as a missing field, and ignores unknown fields', async () => {
    const answer = await trigger({
      email: 'a@example.com',
      userId: null,
      listId: null,
      dataFields: null,
      colour: 1,
    });
    expect(answer.status).toBe(200);
  });

  it('refuses a call without a user in Iterable’s shape', async () => {
    for (const noUser of [{}, { email: '' }, { email: null }]) {
      expect((await refused(noUser)).body).toEqual({
        msg: 'Must provide either an email or list id',
        code: 'GenericError',
        params: null,
      });
    }
    expect((await refused({ email: 'foo@' })).body).toEqual({
      msg: 'Invalid email: foo@',
      code: 'InvalidEmailAddressError',
      params: null,
    });
    expect((await refused({ userId: 'ä' })).body.code).toBe('InvalidUserIdError');
    expect((await refused({ listId: 5 })).body).toMatchObject({
      code: 'BadParams',
      params: { listId: expect.any(String) },
    });
  });

  it('says why a journey accepts no entry, and what to do', async () => {
    const draft = (await world.call('POST', '/api/journeys', { name: 'Draft', tiles: [] })).body.id;
    const { journeyId: gone } = await publishJourney(world);
    const { journeyId: unpublished } = await publishJourney(world);
    await world.call('DELETE', `/api/journeys/${gone}`);
    await world.call('POST', `/api/journeys/${unpublished}/unpublish`);
    const cases: [number, string][] = [
      [999_999, 'There is no journey 999999'],
      [-1, 'There is no journey -1'],
      [9_007_199_254_740_991, 'There is no journey'],
      [draft, `POST /api/journeys/${draft}/publish`],
      [unpublished, `POST /api/journeys/${unpublished}/publish`],
      [gone, 'is archived'],
    ];
    for (const [workflowId, message] of cases) {
      const answer = await refused({ workflowId, email: 'a@example.com' });
      expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
      expect(answer.body.params.workflowId).toContain(message);
    }
  });

  describe('with an Idempotency-Key', () => {
    const user = { email: 'once@example.com', dataFields: { n: 1 } };

    it('starts once and repeats the answer', async () => {
      const before = await entryCount();
      const answers = await Promise.all([1, 2, 3, 4].map(() => trigger(user, { 'idempotency-key': 'one' })));
      const last = await trigger(user, { 'idempotency-key': 'one' });
      const { entryId } = last.body.params;
      expect(entryId).toMatch(/^ent_/);
      // One that came while the first was under way may be refused.
      for (const { status, body } of answers) if (status !== 409) expect(body.params).toEqual({ entryId });
      expect(await entryCount()).toBe(before + 1);
      expect(world.enqueued).toHaveLength(1);
    });

    it('refuses another body with a code that Iterable’s clients know', async () => {
      await trigger(user, { 'idempotency-key': 'two' });
      world.enqueued.splice(0);
      const answer = await refused({ ...user, dataFields: { n: 2 } }, { 'idempotency-key': 'two' });
      expect(answer).toMatchObject({ status: 409, body: { code: 'ExternalKeyConflict' } });
    });

    it('keeps the keys of different API keys apart', async () => {
      const other = await world.keyWith('trigger');
      const mine = await trigger(user, { 'idempotency-key': 'three' });
      const theirs = await trigger(user, { 'idempotency-key': 'three', 'api-key': other });
      expect(theirs.body.params.entryId).not.toBe(mine.body.params.entryId);
    });

    it('starts again after 24 hours', async () => {
      const first = await trigger(user, { 'idempotency-key': 'four' });
      await world.db
        .update(idempotencyKeys)
        .set({ createdAt: new Date(Date.now() - 86_401_000) })
        .where(eq(idempotencyKeys.key, 'four'));
      const second = await trigger(user, { 'idempotency-key': 'four' });
      expect(second.status).toBe(200);
      expect(second.body.params.entryId).not.toBe(first.body.params.entryId);
    });

    it('leaves the key free when nothing was started', async () => {
      await refused({ ...user, workflowId: 999_999 }, { 'idempotency-key': 'five' });
      expect((await trigger(user, { 'idempotency-key': 'five' })).status).toBe(200);
    });
  });
});
