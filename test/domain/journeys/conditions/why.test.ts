import { When } from '../../../../src/domain/journeys/conditions';
import type { Facts } from '../../../../src/domain/journeys/facts';
import { explain } from '../../../../src/domain/journeys/conditions/why';
import { readJson } from '../../../../src/domain/lossless-json';

const NOW = Date.parse('2026-02-01T12:00:00Z');
const facts: Facts = {
  now: NOW,
  isMember: (list) => list === 5,
  events: (name) => {
    const count = ({ purchase: 2, cartUpdate: 1, many: 1_001 } as Record<string, number>)[name] ?? 0;
    return Array.from({ length: count }, (_, index) => ({ at: NOW - index, dataFields: { total: index } }));
  },
};
const roots = {
  profile: {
    plan: 'free',
    age: 41,
    id: readJson('12345678901234567890'),
    tags: ['a', 'b'],
    long: '😀'.repeat(300),
    address: {},
    off: false,
    many: [1, 2, 3, 4, 5, 6],
  },
  trigger: { plan: 'pro' },
};
const is = (field: string, value: unknown, operator = 'equals') => ({ field, is: operator, value });

it.each<[object, string]>([
  [is('profile.plan', 'free'), 'profile.plan was “free”'],
  [is('profile.plan', 'pro'), 'profile.plan was “free”'],
  [is('profile.plan', { field: 'trigger.plan' }), 'profile.plan was “free”, trigger.plan “pro”'],
  [is('profile.plan', { field: 'trigger.none' }), 'profile.plan was “free”, trigger.none not set'],
  [is('profile.none', 1), 'profile.none was not set'],
  [is('profile.age', 41), 'profile.age was 41'],
  [is('profile.id', 41), 'profile.id was 12345678901234567890'],
  [is('profile.off', false), 'profile.off was false'],
  [is('profile.tags', 'a', 'contains'), 'profile.tags was “a”, “b”'],
  [is('profile.many', 'a', 'contains'), 'profile.many was a list of 6'],
  [is('profile.address', 'a'), 'profile.address was an object'],
  [is('profile.long', 'a'), `profile.long was “${'😀'.repeat(29)}…”`],
  [{ list: 5, is: 'notMember' }, 'on list 5'],
  [{ list: 6, is: 'member' }, 'not on list 6'],
  [{ event: 'purchase', within: '30 days' }, '2 purchases in 30 days'],
  [{ event: 'purchase', where: is('event.total', 0) }, '1 matching purchase'],
  [{ event: 'cartUpdate' }, '1 cart update'],
  [{ event: 'signup' }, 'no “signup” events'],
  [{ event: 'constructor' }, 'no “constructor” events'],
  [{ event: 'many' }, 'more than 1000 “many” events'],
  [{ all: [is('profile.plan', 'free'), { list: 5, is: 'member' }] }, 'profile.plan was “free” and on list 5'],
  [{ all: [{ list: 5, is: 'member' }, is('profile.plan', 'pro')] }, 'profile.plan was “free”'],
  [{ any: [is('profile.plan', 'pro'), { list: 5, is: 'member' }] }, 'on list 5'],
  [
    { any: [is('profile.plan', 'pro'), { list: 6, is: 'member' }] },
    'profile.plan was “free” and not on list 6',
  ],
  [{ any: [is('profile.plan', 'pro'), is('profile.plan', 'vip')] }, 'profile.plan was “free”'],
  [{ not: { all: [{ list: 5, is: 'member' }, { event: 'signup' }] } }, 'no “signup” events'],
])('%j: %s', (when, why) => {
  expect(explain(When.parse(when), roots, facts)).toBe(why);
});

it('is at most 200 characters, and ends with none that is cut in two', () => {
  const when = { any: Array.from({ length: 100 }, (_, n) => is(`profile.${'x'.repeat(n)}😀`, 1)) };
  for (let shift = 0; shift < 3; shift += 1) {
    const why = explain(When.parse({ any: when.any.slice(shift) }), roots, facts);
    expect(why.length).toBeGreaterThan(197);
    expect(why.length).toBeLessThanOrEqual(200);
    expect(why).not.toMatch(/\p{Surrogate}/u);
  }
});
