import { holds, When } from '../../../src/domain/journeys/conditions';

const ROOTS = {
  profile: {
    plan: 'pro',
    age: 41,
    tags: ['a', 'b'],
    since: '2026-01-31 10:00:00',
    until: '2026-02-01T00:00:00Z',
    nested: { city: 'Lyon' },
    off: false,
  },
  trigger: { total: '99.5', items: [{ id: 'x' }], long: 'a'.repeat(100_000), createdAt: 1769853600 },
};

const condition = (field: string, is: string, value?: unknown) => ({
  field,
  is,
  ...(value !== undefined && { value }),
});

describe('a condition', () => {
  it.each<[object, boolean]>([
    [condition('profile.plan', 'equals', 'pro'), true],
    [condition('profile.plan', 'equals', 'Pro'), false],
    [condition('profile.plan', 'notEquals', 'free'), true],
    [condition('profile.none', 'notEquals', 'free'), true],
    [condition('profile.age', 'equals', '41'), true],
    [condition('profile.age', 'greaterThan', 40), true],
    [condition('profile.age', 'greaterThan', 41), false],
    [condition('profile.age', 'greaterOrEqual', '41'), true],
    [condition('profile.age', 'lessThan', 100), true],
    [condition('profile.none', 'lessThan', 100), false],
    [condition('trigger.total', 'lessOrEqual', 99.5), true],
    [condition('trigger.items[0].id', 'equals', 'x'), true],
    [condition('profile.tags', 'contains', 'b'), true],
    [condition('profile.plan', 'contains', 'ro'), true],
    [condition('profile.plan', 'startsWith', 'pr'), true],
    [condition('profile.plan', 'endsWith', 'pr'), false],
    [condition('profile.plan', 'matches', 'p.o'), true],
    [condition('profile.plan', 'matches', 'pr'), false],
    [condition('profile.plan', 'matches', '(?i)PRO|free'), true],
    [condition('profile.age', 'matches', '41'), false],
    [condition('profile.none', 'matches', '.*'), false],
    [condition('trigger.long', 'matches', '(a|aa)+'), false],
    [condition('profile.plan', 'in', ['free', 'pro']), true],
    [condition('profile.none', 'in', [null]), true],
    [condition('profile.nested.city', 'isSet'), true],
    [condition('profile.off', 'isSet'), true],
    [condition('profile.none.deeper', 'isNotSet'), true],
    [condition('profile.since', 'before', '2026-01-31T10:00:01Z'), true],
    [condition('profile.since', 'after', '2026-01-31T12:00:00+03:00'), true],
    [condition('profile.since', 'after', 'yesterday'), false],
    [condition('profile.until', 'after', '2026-01-31'), true],
    [condition('profile.until', 'after', '2026-01-31 10:00:00 +00:00'), true],
    [condition('profile.until', 'after', '2026-01-31T10:00:00.5+0200'), true],
    [condition('profile.until', 'after', 1769853600), true],
    [condition('profile.until', 'after', 1769853600000), true],
    [condition('profile.until', 'after', 1790000000), false],
    [condition('trigger.createdAt', 'before', '2026-01-31 10:00:01'), true],
    [condition('trigger.createdAt', 'after', '2026-01-31 09:59:59'), true],
    [condition('trigger.createdAt', 'after', '2026-02-30'), false],
    [condition('profile.constructor', 'isSet'), false],
    [condition('profile.__proto__', 'isSet'), false],
    [{ all: [condition('profile.plan', 'isSet'), condition('profile.age', 'isSet')] }, true],
    [{ all: [condition('profile.plan', 'isSet'), condition('profile.none', 'isSet')] }, false],
    [{ any: [condition('profile.none', 'isSet'), condition('profile.age', 'isSet')] }, true],
    [{ not: condition('profile.none', 'isSet') }, true],
  ])('%j is %s', (when, expected) => {
    expect(holds(When.parse(when), ROOTS)).toBe(expected);
  });

  it.each<[string, unknown]>([
    ['reads no root', condition('plan', 'isSet')],
    ['compares in no known way', condition('profile.plan', 'resembles', 'x')],
    ['has no value', condition('profile.plan', 'equals')],
    ['has a value it cannot use', condition('profile.plan', 'startsWith', 1)],
    ['has a pattern that cannot be read', condition('profile.plan', 'matches', '(')],
    ['has a pattern that looks ahead', condition('profile.plan', 'matches', '(?=a)a')],
    ['has nothing to combine', { all: [] }],
    ['has a field that is none', { ...condition('profile.plan', 'isSet'), extra: 1 }],
    [
      'is nested too deeply',
      Array.from({ length: 11 }).reduce<object>((not) => ({ not }), condition('profile.a', 'isSet')),
    ],
  ])('is refused when it %s', (_what, when) => {
    expect(When.safeParse(when).success).toBe(false);
  });
});
