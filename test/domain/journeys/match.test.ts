import { Match, matches } from '../../../src/domain/journeys/match';
import { readJson } from '../../../src/domain/lossless-json';

const LONG = '12345678901234567890';
const roots = {
  profile: { id: 7 },
  trigger: { cartId: 'c1', text: '7', yes: true, none: null, list: [1], long: readJson(LONG), zero: 0 },
  liveData: { order: { id: 7.5 } },
  events: { paid: { cartId: 'c1' } },
  callbacks: { ship: { id: 'c1' } },
};

describe('a match', () => {
  it.each<[unknown, string, boolean]>([
    ['c1', 'trigger.cartId', true],
    ['C1', 'trigger.cartId', false],
    [7, 'profile.id', true],
    [7, 'trigger.text', false],
    ['7', 'trigger.text', true],
    ['7', 'profile.id', false],
    [readJson(LONG), 'trigger.long', true],
    [readJson('12345678901234567891'), 'trigger.long', false],
    [readJson('12345678901234567890.0'), 'trigger.long', true],
    [Number(LONG), 'trigger.long', false],
    [LONG, 'trigger.long', false],
    [0, 'trigger.zero', true],
    [-0, 'trigger.zero', true],
    [true, 'trigger.yes', true],
    ['true', 'trigger.yes', false],
    [null, 'trigger.none', false],
    [undefined, 'trigger.missing', false],
    [null, 'trigger.missing', false],
    [[1], 'trigger.list', false],
    [1, 'trigger.list[0]', true],
    [7.5, 'liveData.order.id', true],
    ['c1', 'events.paid.cartId', true],
    ['c1', 'callbacks.ship.id', true],
    [{}, 'trigger.constructor', false],
  ])('of %p with %s is %s', (value, right, expected) => {
    expect(matches(Match.parse({ 'event.value': right }), { value }, roots)).toBe(expected);
  });

  it('needs all of its pairs', () => {
    const match = Match.parse({ 'event.cartId': 'trigger.cartId', 'event.id': 'profile.id' });
    expect(matches(match, { cartId: 'c1', id: 7 }, roots)).toBe(true);
    expect(matches(match, { cartId: 'c1', id: 8 }, roots)).toBe(false);
  });

  it.each<[string, object, string[], string]>([
    ['nothing', {}, [], '1 to 10 pairs'],
    ['the event on the right', { 'event.a': 'event.a' }, ['event.a'], 'The right side cannot be “event.a”'],
    ['the entry on the left', { 'trigger.a': 'trigger.a' }, ['trigger.a'], 'starts with event.'],
    ['no root', { 'event.a': 'cartId' }, ['event.a'], 'trigger., profile.'],
    ['the whole event', { event: 'trigger.a' }, ['event'], 'left side'],
    ['a hundred steps', { [`event${'.a'.repeat(100)}`]: 'trigger.a' }, [`event${'.a'.repeat(100)}`], 'left'],
  ])('is refused with %s', (_what, match, path, message) => {
    expect(Match.safeParse(match).error?.issues).toMatchObject([
      { path, message: expect.stringContaining(message) as string },
    ]);
  });
});
