import { join } from 'node:path';
import { run } from '../examples/program';
import { type ApiWorld, createApiWorld } from '../support/api-world';

let world: ApiWorld;
/** What Iterable's client made of our answers, by their names in the story. */
// Tests look into whatever came back.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
let answers: any;
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
  answers = JSON.parse(output.trimEnd().split('\n').at(-1)!);
});
afterAll(() => world.close());

const SUCCESS = { msg: '', code: 'Success', params: null };

describe('Iterable’s own client, given this base URL,', () => {
  it('creates, updates and reads users', () => {
    expect(answers.created).toEqual(SUCCESS);
    expect(answers.bulk).toMatchObject({
      successCount: 2,
      failCount: 2,
      createdFields: ['seats'],
      invalidEmails: ['foo@'],
      failedUpdates: { invalidEmails: ['foo@'] },
    });
    expect(answers.user.user).toMatchObject({
      email: 'ada@example.com',
      userId: 'ada',
      dataFields: { plan: 'pro' },
    });
    expect(answers.userId.user).toMatchObject({ email: '', userId: 'only-id' });
    expect(answers.nobody).toEqual({});
    expect(answers.fields).toEqual({ fields: { plan: 'string', seats: 'long' } });
  });

  it('keeps lists', () => {
    expect(answers.subscribed).toMatchObject({ successCount: 3, failCount: 0 });
    expect(answers.lists.lists).toMatchObject([
      { name: 'Readers', description: 'Weekly', listType: 'Standard' },
    ]);
    expect(answers.size).toEqual({ size: 3 });
    const emails = ['ada@example.com', 'grace@example.com', 'only-id'];
    expect(answers.members).toEqual({ users: expect.arrayContaining(emails.map((email) => ({ email }))) });
    expect(answers.firstMember.users).toHaveLength(1);
    expect(answers.unsubscribed).toMatchObject({ successCount: 1, failCount: 0 });
    expect(answers.sizeAfter).toEqual({ size: 2 });
    expect(answers.listDeleted).toEqual(SUCCESS);
  });

  it('tracks events and reads them', () => {
    expect(answers.tracked).toMatchObject({ code: 'Success', params: { id: 'signup-1' } });
    expect(answers.trackedMany).toMatchObject({ successCount: 2, failCount: 1, invalidEmails: ['foo@'] });
    expect(answers.events.events).toMatchObject([
      { _id: 'signup-1', eventName: 'signup', dataFields: { step: 1 } },
      { eventName: 'opened', createdAt: '2023-11-14T22:13:20.000Z' },
    ]);
    expect(answers.eventsById.events).toHaveLength(1);
  });

  it('triggers journeys and lists them (B099)', () => {
    expect(answers.triggered.params).toEqual({ entryId: expect.stringMatching(/^ent_/) });
    expect(world.enqueued).toContainEqual(
      expect.objectContaining({ ...answers.triggered.params, journeyId }),
    );
    expect(answers.triggeredList.params).toEqual({ jobId: expect.stringMatching(/^job_/) });
    expect(answers.skipped.params).toEqual({ skipped: 'lifetimeLimit' });
    expect(answers.journeys).toMatchObject({
      journeys: [{ id: journeyId, name: 'Win back', enabled: true }],
      totalJourneysCount: 2,
      nextPageUrl: expect.any(String),
    });
  });

  it('understands every refusal', () => {
    expect(answers.refusals).toMatchObject({
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
    expect(answers.merged.user).toMatchObject({
      email: 'grace@example.com',
      userId: 'only-id',
      dataFields: { seats: 2 },
    });
    expect(answers.deleted).toEqual([SUCCESS, SUCCESS]);
    expect(answers.gone).toEqual({});
  });
});
