import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/db/connection/client';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;

beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const post = (path: string, body: object) => world.call('POST', `/api${path}`, body);
const merge = (body: object) => post('/users/merge', body);
const userOf = async (name: string) => (await world.call('GET', `/api/users/${name}`)).body.user;

async function newJourney(more: object = {}): Promise<number> {
  const { body } = await post('/journeys', { name: 'Any', tiles: [], ...more });
  await post(`/journeys/${body.id}/publish`, {});
  return body.id as number;
}

describe('POST /api/users/merge', () => {
  it('gives the destination what it lacks from the source, and keeps its own values', async () => {
    const { listId } = (await post('/lists', { name: 'Readers' })).body;
    const journeyId = await newJourney();
    await post('/users/update', { userId: 'browser-1', dataFields: { city: 'Lyon', visits: 3 } });
    await post('/users/update', { email: 'ada@example.com', dataFields: { city: 'Paris' } });
    await post('/users/tags', { userId: 'browser-1', add: ['new', 'both'] });
    await post('/users/tags', { email: 'ada@example.com', add: ['both', 'old'] });
    await post('/lists/subscribe', { listId, subscribers: [{ userId: 'browser-1' }] });
    await post('/events/track', { userId: 'browser-1', eventName: 'seen' });
    await post('/workflows/triggerWorkflow', { workflowId: journeyId, userId: 'browser-1' });

    const answer = await merge({ sourceUserId: 'browser-1', destinationEmail: 'ADA@example.com' });
    expect(answer).toMatchObject({ status: 200, body: { msg: '', code: 'Success', params: null } });

    const user = await userOf('ada@example.com');
    expect(user).toMatchObject({
      email: 'ada@example.com',
      userId: 'browser-1',
      dataFields: { city: 'Paris', visits: 3 },
      tags: ['both', 'old', 'new'],
    });
    expect(await userOf('byUserId/browser-1')).toEqual(user);
    expect((await world.call('GET', '/api/events/ada@example.com')).body.events).toHaveLength(1);
    expect((await world.call('GET', `/api/lists/getUsers?listId=${listId}`)).body).toBe('ada@example.com\n');
    const { entries } = (await world.call('GET', '/api/entries?email=ada@example.com')).body;
    expect(entries).toMatchObject([{ journeyId, status: 'accepted' }]);
  });

  it('drops the source’s identifier when both have one of the same kind', async () => {
    await post('/users/update', { email: 'from@example.com', userId: 'from' });
    await post('/users/update', { email: 'to@example.com' });
    await merge({ sourceEmail: 'from@example.com', destinationEmail: 'to@example.com' });
    expect(await userOf('from@example.com')).toBeUndefined();
    expect(await userOf('byUserId/from')).toMatchObject({ email: 'to@example.com' });
  });

  it('counts the entries of both for limits, also those that retention has deleted', async () => {
    const journeyId = await newJourney({ lifetimeLimit: 3 });
    const trigger = (userId: string) => post('/workflows/triggerWorkflow', { workflowId: journeyId, userId });
    for (const userId of ['twice', 'twice', 'once']) await trigger(userId);
    await world.db.execute(sql`
      with gone as (delete from entries where journey_id = ${journeyId} returning user_id)
      insert into past_entries (user_id, journey_id, count)
      select user_id, ${journeyId}::int, count(*) from gone group by user_id`);
    await merge({ sourceUserId: 'twice', destinationUserId: 'once' });
    expect((await trigger('once')).body.params).toEqual({ skipped: 'lifetimeLimit' });
  });

  it('keeps the events of both, also two of one id, of which the destination’s keeps it', async () => {
    const track = (userId: string, id: string, note: string) =>
      post('/events/track', { userId, eventName: 'shipped', id, dataFields: { note } });
    await track('event-from', 'order-1', 'from');
    await track('event-from', 'order-2', 'from');
    await track('event-to', 'order-1', 'to');
    await merge({ sourceUserId: 'event-from', destinationUserId: 'event-to' });
    await track('event-to', 'order-1', 'to again');
    await track('event-to', 'order-2', 'from again');
    const { events } = (await world.call('GET', '/api/events/byUserId/event-to')).body;
    expect(
      events.map(({ _id, dataFields }: { _id: string; dataFields: { note: string } }) => [
        _id.replace(/^evt_.*/, 'an id of ours'),
        dataFields.note,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['order-1', 'to again'],
        ['order-2', 'from again'],
        ['an id of ours', 'from'],
      ]),
    );
    expect(events).toHaveLength(3);
  });

  it('keeps the later consent decision', async () => {
    const consent = (userId: string, category: string, action: string) =>
      post('/users/consent', { userId, category, action });
    await consent('early', 'marketing', 'accept');
    await consent('late', 'news', 'accept');
    await consent('late', 'marketing', 'decline');
    await consent('early', 'news', 'decline');
    await consent('late', 'surveys', 'decline');
    await merge({ sourceUserId: 'late', destinationUserId: 'early' });
    const rows = await rowsOf(
      world.db,
      sql`select category, action from user_consents join users on users.id = user_consents.user_id
          where users.user_id = 'early' order by category`,
    );
    expect(rows).toEqual([
      { category: 'marketing', action: 'decline' },
      { category: 'news', action: 'decline' },
      { category: 'surveys', action: 'decline' },
    ]);
  });

  it('merges two users once, however many calls come at once', async () => {
    await post('/users/update', { userId: 'many-from' });
    await post('/users/update', { userId: 'many-to' });
    const body = { sourceUserId: 'many-from', destinationUserId: 'many-to' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => merge(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404]);
  });

  it.each([
    ['an unknown source', { sourceUserId: 'nobody', destinationUserId: 'b' }, 404, 'UnknownUserIdError'],
    [
      'an unknown destination',
      { sourceUserId: 'a', destinationEmail: 'nobody@example.com' },
      404,
      'UnknownEmailError',
    ],
    ['one user twice', { sourceUserId: 'a', destinationEmail: 'a@example.com' }, 400, 'BadParams'],
    ['no source', { destinationUserId: 'b' }, 400, 'BadParams'],
    ['no destination', { sourceUserId: 'a' }, 400, 'BadParams'],
    [
      'two names of one',
      { sourceUserId: 'a', sourceEmail: 'a@example.com', destinationUserId: 'b' },
      400,
      'BadParams',
    ],
    [
      'an email that is none',
      { sourceEmail: 'foo@', destinationUserId: 'b' },
      400,
      'InvalidEmailAddressError',
    ],
    [
      'arrays to be joined',
      { sourceUserId: 'a', destinationUserId: 'b', arrayMerge: [{ field: 'x' }] },
      400,
      'BadParams',
    ],
  ])('refuses %s, and changes neither', async (_what, body, status, code) => {
    await post('/users/update', { email: 'a@example.com', userId: 'a' });
    await post('/users/update', { userId: 'b' });
    expect(await merge(body)).toMatchObject({ status, body: { code } });
    expect(await userOf('byUserId/a')).toBeDefined();
    expect(await userOf('byUserId/b')).toMatchObject({ email: '' });
  });
});
