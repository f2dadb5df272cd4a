import type { Answer } from '../support/api-world';
import { ADA, createSimulations, hours, type Simulations } from './simulations';

/* Who enters during a simulation, and where nobody comes. */

let simulations: Simulations;
beforeAll(async () => {
  simulations = await createSimulations();
});
afterAll(() => simulations.close());

const simulate: Simulations['simulate'] = (...given) => simulations.simulate(...given);
const wait = (id: string, time: string, more: object = {}) => ({ id, type: 'delay', for: time, ...more });
const CART = { entry: { source: 'event', eventName: 'cart' } };
const cart = (at: string, dataFields: object = {}) => ({ at, eventName: 'cart', dataFields });

interface Later {
  at: string;
  outcome: string;
  reason?: string;
  endedAt: string | null;
  path: { tileId: string; way: string }[];
}
/** Of each of a user's later entries: when, how it ended and why. */
const laterOf = ({ body }: Answer, user = 0) =>
  body.users[user].later.map(({ at, outcome, reason }: Later) => [hours(at), outcome, reason]);

describe('a simulation reports the entries that', () => {
  it('events begin, and those that limits refuse, in their order', async () => {
    const users = [
      { ...ADA, events: [cart('1 hour'), cart('3 days'), cart('3 days'), cart('4 days')] },
      { userId: 'bob', profile: {} },
    ];
    const answer = await simulate([wait('wait', '2 days')], { users }, { ...CART, simultaneousLimit: 1 });
    expect(laterOf(answer)).toEqual([
      [1, 'skipped', 'simultaneousLimit'],
      [72, 'completed', undefined],
      [72, 'skipped', 'simultaneousLimit'],
      [96, 'skipped', 'simultaneousLimit'],
    ]);
    const [refused, second] = answer.body.users[0].later;
    expect(refused).toMatchObject({ endedAt: null, path: [], requests: [] });
    expect([hours(second.endedAt), second.path[0].tileId]).toEqual([120, 'wait']);
    expect(laterOf(answer, 1)).toEqual([]);
  });

  it('a condition keeps out, at the start and later', async () => {
    const where = { field: 'event.total', is: 'greaterThan', value: 20 };
    const entry = { ...CART.entry, where };
    const users = [{ ...ADA, events: [cart('1 hour', { total: 10 }), cart('2 hours', { total: 30 })] }];
    const answer = await simulate([wait('wait', '2 days')], { users }, { entry });
    expect(answer.body.users[0]).toMatchObject({ outcome: 'skipped', reason: 'where' });
    expect(laterOf(answer)).toEqual([
      [1, 'skipped', 'where'],
      [2, 'completed', undefined],
    ]);
  });

  it('take the place of one under way', async () => {
    const users = [{ ...ADA, events: [cart('1 day')] }];
    const fields = { ...CART, reentry: { onActive: 'restart' } };
    const answer = await simulate([wait('wait', '2 days')], { users }, fields);
    expect(answer.body.users[0]).toMatchObject({ outcome: 'cancelled', reason: 'superseded' });
    expect(laterOf(answer)).toEqual([[24, 'completed', undefined]]);
  });

  it('purchases begin', async () => {
    const users = [{ ...ADA, events: [{ at: '3 days', eventName: 'purchase' }] }];
    const answer = await simulate([wait('wait', '1 day')], { users }, { entry: { source: 'purchase' } });
    expect(laterOf(answer)).toEqual([[72, 'completed', undefined]]);
  });

  /** Sends its users to itself. */
  const circle = async (time: string) => {
    const { body } = await simulations.world.call('POST', '/api/journeys', {
      ...{ name: 'Circle', tiles: [wait('wait', time)] },
    });
    return [
      body.id,
      [wait('wait', time), { id: 'again', type: 'sendToJourney', journeyId: body.id }],
    ] as const;
  };

  it('a journey begins that sends its users to itself, until the chain is too long', async () => {
    const [id, tiles] = await circle('10 minutes');
    const answer = await simulate([...tiles], { until: '6 hours' }, { id });
    const later = laterOf(answer);
    expect(later.slice(0, 2)).toEqual([
      [1 / 6, 'completed', undefined],
      [2 / 6, 'completed', undefined],
    ]);
    expect(later.filter(([, outcome]: string[]) => outcome === 'skipped')).toEqual([
      [expect.closeTo(26 / 6), 'skipped', 'chainLimit'],
    ]);
  });

  it('a limit refuses to a journey that sends its users to itself', async () => {
    const [id, tiles] = await circle('1 hour');
    const answer = await simulate([...tiles], {}, { id, lifetimeLimit: 2 });
    expect(laterOf(answer)).toEqual([
      [1, 'completed', undefined],
      [2, 'skipped', 'lifetimeLimit'],
    ]);
  });

  it('would be those of another journey, which is not simulated', async () => {
    const { body } = await simulations.world.call('POST', '/api/journeys', {
      name: 'Other',
      tiles: [wait('wait', '1 day')],
    });
    await simulations.world.call('POST', `/api/journeys/${body.id}/publish`);
    const journey = { id: body.id + 1, name: 'Sends' };
    const answer = await simulate([{ id: 'send', type: 'sendToJourney', journeyId: body.id }], {}, journey);
    expect(answer.body).toMatchObject({ users: [expect.anything()] });
    expect(answer.body.users[0]).toMatchObject({
      ...{ outcome: 'completed', later: [] },
      path: [{ tileId: 'send', way: 'next', why: `journey ${body.id} is not simulated` }],
    });
  });
});

describe('a simulation names the tiles and ways that nobody comes to', () => {
  const yes = { field: 'profile.plan', is: 'equals', value: 'pro' };
  const exit = (id: string) => ({ id, type: 'exit', reason: id });
  const gaps = async (tiles: object[], scenario: object = {}, fields: object = {}) => {
    const { body } = await simulate(tiles, scenario, fields);
    expect(body.params).toBeUndefined();
    return {
      uncovered: body.uncovered,
      untaken: body.untaken.map(({ tileId, way }: { tileId: string; way: string }) => `${tileId} ${way}`),
    };
  };

  it('of every kind of tile', async () => {
    const webhookId = await simulations.webhook({ signing: { enabled: true } });
    const tiles = [
      { id: 'split', type: 'yesNoSplit', when: yes, yes: 'exit', no: 'hook' },
      { id: 'hook', type: 'webhook', webhookId, onFailure: 'last', next: 'exit' },
      { id: 'call', type: 'webhook', webhookId, callback: { timeout: '1 day' } },
      { id: 'user', type: 'userProfile', url: 'https://crm.example.com/u', onFailure: 'last' },
      wait('delay', '1 day'),
      { id: 'until', type: 'delay', until: { field: 'profile.x', onPast: 'last', onMissing: 'last' } },
      { id: 'event', type: 'waitFor', for: [{ event: 'a' }, { event: 'b' }], timeout: '1 day' },
      { id: 'attribute', type: 'attributeSplit', branches: [{ when: yes, next: 'exit' }], otherwise: 'last' },
      {
        ...{ id: 'ab', type: 'abSplit' },
        branches: [
          { name: 'A', weight: 50, next: 'write' },
          { name: 'B', weight: 50, holdout: true },
        ],
      },
      { id: 'write', type: 'updateProfile', fields: { a: 1 }, onFailure: 'last' },
      { id: 'track', type: 'trackEvent', eventName: 'seen' },
      { id: 'bare', type: 'exit' },
      exit('last'),
    ];
    expect(await gaps(tiles)).toEqual({
      uncovered: tiles.slice(2).map(({ id }) => id),
      untaken: [
        ...['split yes', 'hook failure', 'call success', 'call failure', 'call timeout'],
        ...['user next', 'user failure', 'until next', 'until past', 'until missing'],
        ...['event 1', 'event 2', 'event timeout', 'attribute 1', 'attribute otherwise', 'ab A', 'ab B'],
        ...['write next', 'write failure'],
      ],
    });
  });

  it('and none where users went every way, in later entries too', async () => {
    const webhookId = await simulations.webhook();
    const tiles = [
      { id: 'plan', type: 'yesNoSplit', when: yes, yes: 'hook', no: 'mark' },
      { id: 'mark', type: 'updateProfile', fields: { plan: 'pro' }, next: 'exit' },
      { id: 'hook', type: 'webhook', webhookId, onFailure: 'last', next: 'wait' },
      {
        id: 'wait',
        type: 'waitFor',
        for: [{ event: 'a', next: 'bare' }],
        timeout: '1 day',
        onTimeout: 'bare',
      },
      { id: 'bare', type: 'exit' },
      exit('last'),
    ];
    const later = [cart('1 hour'), { at: '2 hours', eventName: 'a' }, cart('3 days'), cart('5 days')];
    const users = [{ ...ADA, events: later }];
    const responses = { hook: [{ status: 200 }] };
    expect(await gaps(tiles, { users, responses }, CART)).toEqual({
      ...{ uncovered: ['last'], untaken: ['hook failure'] },
    });
    const failing = { userId: 'bob', profile: { plan: 'pro' } };
    const scripted = { users: [...users, failing], responses: { hook: [{ status: 404 }] } };
    expect((await gaps(tiles, scripted, CART)).untaken).toEqual(['hook next', 'wait 1', 'wait timeout']);
  });
});
