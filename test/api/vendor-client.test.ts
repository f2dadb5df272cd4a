import { join } from 'node:path';
import { run } from '../examples/program';
import { type ApiWorld, createApiWorld } from '../support/api-world';

let world: ApiWorld;
/** What Iterable's client made of our answers, by their names in the story. */
// Tests look into whatever came back.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
let told: any;
let journeyId: number;

async function published(definition: object): Promise<number> {
  const { body } = await world.call('POST', '/api/journeys', { tiles: [], ...definition });
  await world.call('POST', `/api/journeys/${body.id}/publish`);
  return body.id as number;
}

beforeAll(async () => {
  world = await createApiWorld();
  journeyId = await published({ name: 'Win back' });
  const limitedId = await published({ name: 'Once', lifetimeLimit: 1 });
  const BASE_URL = await world.app.listen({ port: 0, host: '127.0.0.1' });
  const settings = { API_KEY: await world.keyWith('trigger', 'read'), BASE_URL, NO_PROXY: '127.0.0.1' };
  const ids = { JOURNEY_ID: String(journeyId), LIMITED_ID: String(limitedId) };
  const story = join(__dirname, 'vendor-client-story.mjs');
  const env = { ...process.env, ...settings, ...ids };
  const { code, output } = await run(process.execPath, [story], env, 240_000);
  if (code !== 0) throw new Error(output);
  told = JSON.parse(output.trimEnd().split('\n').at(-1)!);
});
afterAll(() => world.close());

const SUCCESS = { msg: '', code: 'Success', params: null };

describe('Iterable’s own client, given this base URL,', () => {
  it('creates, updates and reads users', () => {
    expect(told.created).toEqual(SUCCESS);
    expect(told.bulk).toMatchObject({
      successCount: 2,
      failCount: 2,
      createdFields: ['seats'],
      invalidEmails: ['foo@'],
      failedUpdates: { invalidEmails: ['foo@'] },
    });
    expect(told.user.user).toMatchObject({
      email: 'ada@example.com',
      userId: 'ada',
      dataFields: { plan: 'pro' },
    });
    expect(told.userId.user).toMatchObject({ email: '', userId: 'only-id' });
    expect(told.nobody).toEqual({});
    expect(told.fields).toEqual({ fields: { plan: 'string', seats: 'long' } });
  });

  it('keeps lists', () => {
    expect(told.subscribed).toMatchObject({ successCount: 3, failCount: 0 });
    expect(told.lists.lists).toMatchObject([
      { name: 'Readers', description: 'Weekly', listType: 'Standard' },
    ]);
    expect(told.size).toEqual({ size: 3 });
    const emails = ['ada@example.com', 'grace@example.com', 'only-id'];
    expect(told.members).toEqual({ users: expect.arrayContaining(emails.map((email) => ({ email }))) });
    expect(told.firstMember.users).toHaveLength(1);
    expect(told.unsubscribed).toMatchObject({ successCount: 1, failCount: 0 });
    expect(told.sizeAfter).toEqual({ size: 2 });
    expect(told.listDeleted).toEqual(SUCCESS);
  });

  it('tracks events and reads them', () => {
    expect(told.tracked).toMatchObject({ code: 'Success', params: { id: 'signup-1' } });
    expect(told.trackedMany).toMatchObject({ successCount: 2, failCount: 1, invalidEmails: ['foo@'] });
    expect(told.events.events).toMatchObject([
      { _id: 'signup-1', eventName: 'signup', dataFields: { step: 1 } },
      { eventName: 'opened', createdAt: '2023-11-14T22:13:20.000Z' },
    ]);
    expect(told.eventsById.events).toHaveLength(1);
  });

  it('triggers journeys and lists them (B099)', () => {
    expect(told.triggered.params).toEqual({ entryId: expect.stringMatching(/^ent_/) });
    expect(world.enqueued).toContainEqual(expect.objectContaining({ ...told.triggered.params, journeyId }));
    expect(told.triggeredList.params).toEqual({ jobId: expect.stringMatching(/^job_/) });
    expect(told.skipped.params).toEqual({ skipped: 'lifetimeLimit' });
    expect(told.journeys).toMatchObject({
      journeys: [{ id: journeyId, name: 'Win back', enabled: true }],
      totalJourneysCount: 2,
      nextPageUrl: expect.any(String),
    });
  });

  it('understands every refusal', () => {
    expect(told.refusals).toMatchObject({
      key: { status: 401, code: 'BadApiKey' },
      list: { status: 400, code: 'BadParams', message: 'error.lists.invalidListId(999)' },
      journey: { status: 400, code: 'BadParams' },
      listUnderWay: { status: 409, code: 'ExternalKeyConflict' },
      unknownList: { status: 400, code: 'BadParams', message: 'error.lists.invalidListId(999)' },
      noIdentity: { status: 400, code: 'GenericError', message: 'Must provide either an email or list id' },
      email: { status: 400, code: 'InvalidEmailAddressError' },
      body: { status: 400, code: 'BadJsonBody' },
      type: { status: 400, code: 'RequestFieldsTypesMismatched' },
      takenEmail: { status: 409, code: 'EmailAlreadyExists' },
      unknownSource: { status: 404, code: 'UnknownUserIdError' },
      unknownUser: { status: 404, code: 'UnknownEmailError' },
    });
  });

  it('merges users and deletes them', () => {
    expect(told.merged.user).toMatchObject({
      email: 'grace@example.com',
      userId: 'only-id',
      dataFields: { seats: 2 },
    });
    expect(told.deleted).toEqual([SUCCESS, SUCCESS]);
    expect(told.gone).toEqual({});
  });
});
