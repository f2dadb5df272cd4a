import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const ARM = { event: 'purchase' };
const wait = (more: object = {}) => ({ id: 'wait', type: 'waitFor', for: [ARM], timeout: '1 day', ...more });
const save = (...tiles: object[]) => world.call('POST', '/api/journeys', { name: 'Waits', tiles });
const publish = async (...tiles: object[]) => {
  const { body } = await save(...tiles);
  return world.call('POST', `/api/journeys/${body.id}/publish`);
};
const PRO = { field: 'profile.plan', is: 'equals', value: 'pro' };

describe('a journey with a waitFor tile', () => {
  it.each([
    ['no arm', { for: [] }, 'tiles[0].for', /at least|>=1|small/i],
    ['eleven arms', { for: Array(11).fill(ARM) }, 'tiles[0].for', /10/],
    ['no timeout', { timeout: undefined }, 'tiles[0].timeout', /./],
    ['a timeout above ten years', { timeout: '3651 days' }, 'tiles[0].timeout', /ten years at most/],
    ['a timeout that is none', { timeout: 'for ever' }, 'tiles[0].timeout', /A duration is text/],
    ['an arm of neither kind', { for: [{ next: 'exit' }] }, 'tiles[0].for[0]', /either an event or a when/],
    [
      'an arm of both kinds',
      { for: [{ ...ARM, when: PRO }] },
      'tiles[0].for[0]',
      /either an event or a when/,
    ],
    [
      'a where without an event',
      { for: [{ when: PRO, where: PRO }] },
      'tiles[0].for[0].where',
      /about an event/,
    ],
    [
      'a match without an event',
      { for: [{ when: PRO, match: { 'event.a': 'trigger.a' } }] },
      'tiles[0].for[0].match',
      /about an event/,
    ],
    [
      'a match on a root that is not there',
      { for: [{ ...ARM, match: { 'event.a': 'event.b' } }] },
      'tiles[0].for[0].match["event.a"]',
      /event\.b/,
    ],
    [
      'a match whose left side is not the event’s',
      { for: [{ ...ARM, match: { 'trigger.a': 'trigger.a' } }] },
      'tiles[0].for[0].match["trigger.a"]',
      /left side/,
    ],
    [
      'a condition on an event where none is at hand',
      { for: [{ when: { field: 'event.a', is: 'isSet' } }] },
      'tiles[0].for[0].when.field',
      /cannot be read here/,
    ],
    ['an event without a name', { for: [{ event: ' ' }] }, 'tiles[0].for[0].event', /needs a name/],
    [
      'an arm to a tile that is not there',
      { for: [{ ...ARM, next: 'gone' }] },
      'tiles[0].for[0].next',
      /no tile “gone”/,
    ],
    ['a timeout to a tile that is not there', { onTimeout: 'gone' }, 'tiles[0].onTimeout', /no tile “gone”/],
    ['a name that is no name', { name: 'my wait' }, 'tiles[0].name', /letters, digits or _/],
    ['the name __proto__', { name: '__proto__' }, 'tiles[0].name', /__proto__/],
    ['another since', { since: 'yesterday' }, 'tiles[0].since', /./],
    ['an unknown field', { until: '1 day' }, 'tiles[0].until', /no such field/],
  ])('is refused with %s', async (_what, more, path, message) => {
    const { status, body } = await save(wait(more));
    expect({ status, params: body.params }).toMatchObject({
      status: 400,
      params: { [path]: expect.stringMatching(message) },
    });
  });

  it.each([
    [
      'live data that no tile before it captures',
      [wait({ for: [{ ...ARM, where: { field: 'liveData.score.value', is: 'isSet' } }] })],
      'tiles[0].for[0].where.field',
    ],
    [
      'the event of a wait that is not there',
      [wait({ for: [{ when: { field: 'events.order.total', is: 'isSet' } }] })],
      'tiles[0].for[0].when.field',
    ],
    [
      'a list that is not there',
      [wait({ for: [{ when: { list: 4_711, is: 'member' } }] })],
      'tiles[0].for[0].when.list',
    ],
  ])('is not published with a condition on %s', async (_what, tiles, path) => {
    const { status, body } = await publish(...tiles);
    expect({ status, paths: Object.keys(body.params) }).toEqual({ status: 400, paths: [path] });
  });

  it('is published with a condition on what ended an earlier wait', async () => {
    const second = {
      ...wait({ for: [{ when: { field: 'events.wait.total', is: 'isSet' } }] }),
      id: 'second',
    };
    expect((await publish(wait(), second)).status).toBe(200);
  });

  it('may wait for an event that is called like a member of every object', async () => {
    expect((await publish(wait({ for: [{ event: '__proto__' }, { event: 'constructor' }] }))).status).toBe(
      200,
    );
  });

  it('may have a wait as the only one in a cycle', async () => {
    const call = { id: 'call', type: 'webhook', webhook: { url: 'https://api.example.com' }, next: 'wait' };
    expect((await save(wait({ onTimeout: 'exit' }), call)).status).toBe(201);
  });

  it('warns when it is published of an event that nobody has sent yet', async () => {
    const event = { email: 'a@example.com', eventName: 'sent' };
    await world.call('POST', '/api/events/track', event);
    const { body } = await publish(wait({ for: [{ event: 'sent' }, { event: 'misspelt' }] }));
    expect(body.warnings).toEqual([
      { field: 'tiles[0].for[1].event', message: expect.stringContaining('“misspelt”') },
    ]);
    expect((await publish(wait({ for: [{ event: 'sent' }] }))).body).not.toHaveProperty('warnings');
  });

  it('warns of a condition that may keep a cycle going round, but not where a delay is in it', async () => {
    const call = { id: 'call', type: 'webhook', webhook: { url: 'https://api.example.com' }, next: 'wait' };
    const round = wait({ for: [{ when: PRO }], onTimeout: 'exit' });
    expect((await publish(round, call)).body.warnings).toEqual([
      { field: 'tiles[0].for[0].when', message: expect.stringContaining('once a minute') },
    ]);
    const slow = { id: 'slow', type: 'delay', for: '1 day' };
    expect((await publish(round, slow, call)).body).not.toHaveProperty('warnings');
  });
});
