import { holds, needsOf, When } from '../../../src/domain/journeys/conditions';
import { type Facts, factsAt } from '../../../src/domain/journeys/facts';
import { readJson } from '../../../src/domain/lossless-json';

const NOW = Date.parse('2026-02-01T12:00:00Z');
const DAY = 86_400_000;

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
  trigger: {
    total: '99.5',
    items: [{ id: 'x' }],
    long: 'a'.repeat(100_000),
    createdAt: 1769853600,
    plan: 'pro',
    plans: ['free', 'pro'],
    tag: 'b',
    age: '40',
    exact: readJson('12345678901234567890'),
    start: 'p',
    end: '2026-01-31T09:00:00Z',
    none: null,
  },
  liveData: { score: { value: 81 }, value: 81 },
  events: { paid: { total: 7, _arm: 1 } },
  callbacks: { ship: { done: true } },
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
    [condition('profile.until', 'after', '2026-01-31'), true],
    [condition('profile.until', 'after', '2026-01-31 10:00:00 +00:00'), true],
    [condition('profile.until', 'after', '2026-01-31T10:00:00.5+0200'), true],
    [condition('profile.until', 'after', 1769853600), true],
    [condition('profile.until', 'after', 1769853600000), true],
    [condition('profile.until', 'after', 1790000000), false],
    [condition('trigger.createdAt', 'before', '2026-01-31 10:00:01'), true],
    [condition('trigger.createdAt', 'after', '2026-01-31 09:59:59'), true],
    [condition('profile.constructor', 'isSet'), false],
    [condition('profile.__proto__', 'isSet'), false],
    [{ all: [condition('profile.plan', 'isSet'), condition('profile.age', 'isSet')] }, true],
    [{ all: [condition('profile.plan', 'isSet'), condition('profile.none', 'isSet')] }, false],
    [{ any: [condition('profile.none', 'isSet'), condition('profile.age', 'isSet')] }, true],
    [{ not: condition('profile.none', 'isSet') }, true],
    [condition('liveData.score.value', 'greaterThan', 80), true],
    [condition('liveData.value', 'equals', '81'), true],
    [condition('events.paid._arm', 'equals', 1), true],
    [condition('callbacks.ship.done', 'equals', true), true],
    [condition('event.total', 'isSet'), false],
  ])('%j is %s', (when, expected) => {
    expect(holds(When.parse(when), ROOTS, factsAt(NOW))).toBe(expected);
  });

  const field = (path: string) => ({ field: path });
  it.each<[object, boolean]>([
    [condition('profile.plan', 'equals', field('trigger.plan')), true],
    [condition('profile.plan', 'equals', field('trigger.tag')), false],
    [condition('profile.plan', 'notEquals', field('trigger.tag')), true],
    [condition('profile.none', 'equals', field('trigger.none')), true],
    [condition('profile.nested', 'equals', field('profile.nested')), false],
    [condition('profile.tags', 'equals', field('profile.tags')), false],
    [condition('trigger.exact', 'equals', field('trigger.exact')), true],
    [condition('profile.plan', 'in', field('trigger.plans')), true],
    [condition('profile.plan', 'in', field('trigger.plan')), false],
    [condition('profile.tags', 'contains', field('trigger.tag')), true],
    [condition('profile.plan', 'contains', field('trigger.start')), true],
    [condition('profile.plan', 'contains', field('trigger.none')), false],
    [condition('trigger.long', 'contains', field('trigger.long')), false],
    [condition('profile.plan', 'startsWith', field('trigger.start')), true],
    [condition('profile.plan', 'startsWith', field('profile.age')), false],
    [condition('profile.plan', 'endsWith', field('trigger.start')), false],
    [condition('profile.age', 'greaterThan', field('trigger.age')), true],
    [condition('profile.age', 'greaterThan', field('trigger.none')), false],
    [condition('profile.age', 'lessOrEqual', field('liveData.value')), true],
    [condition('profile.since', 'after', field('trigger.end')), true],
    [condition('profile.since', 'before', field('trigger.end')), false],
    [condition('profile.since', 'before', field('profile.plan')), false],
    [condition('profile.plan', 'equals', field('trigger.constructor')), false],
  ])('%j compares two fields: %s', (when, expected) => {
    expect(holds(When.parse(when), ROOTS, factsAt(NOW))).toBe(expected);
  });

  it.each<[string, string, string, boolean]>([
    ['2026-02-01T11:59:59Z', 'before', 'now', true],
    ['2026-02-01T12:00:00Z', 'before', 'now', false],
    ['2026-02-01T12:00:01Z', 'after', 'now', true],
    ['2026-01-25T12:00:01Z', 'after', '-7 days', true],
    ['2026-01-25T12:00:00Z', 'after', '-7 days', false],
    ['2026-01-25T11:59:59Z', 'before', '-1 week', true],
    ['2026-02-01T13:59:59Z', 'before', '+2 hours', true],
    ['2026-02-01T14:00:00Z', 'before', '+ 2 hours', false],
    ['2026-02-01T12:03:01Z', 'after', '+PT3M', true],
    ['someday', 'after', '-7 days', false],
  ])('%s is %s “%s”: %s', (date, is, value, expected) => {
    const roots = { profile: { date }, trigger: {} };
    expect(holds(When.parse(condition('profile.date', is, value)), roots, factsAt(NOW))).toBe(expected);
  });

  it.each([
    'yesterday',
    '-7 dayz',
    '--7 days',
    '-',
    '+',
    '7 days',
    '-11 years',
    '- now',
    '+-1 day',
    '2026-02-30',
  ])('is refused when it compares with “%s”, which is no date', (value) => {
    expect(When.safeParse(condition('profile.since', 'after', value)).error?.issues).toMatchObject([
      { path: ['value'], message: expect.stringContaining('"-7 days"') as string },
    ]);
  });

  it.each<[string, unknown]>([
    ['reads no root', condition('plan', 'isSet')],
    ['compares in no known way', condition('profile.plan', 'resembles', 'x')],
    ['has no value', condition('profile.plan', 'equals')],
    ['has a value it cannot use', condition('profile.plan', 'startsWith', 1)],
    ['has a pattern that cannot be read', condition('profile.plan', 'matches', '(')],
    ['has a pattern that looks ahead', condition('profile.plan', 'matches', '(?=a)a')],
    ['has a pattern in a field', condition('profile.plan', 'matches', { field: 'trigger.plan' })],
    ['compares with a field of no root', condition('profile.plan', 'equals', { field: 'plan' })],
    ['compares with more than a field', condition('profile.plan', 'equals', { field: 'trigger.a', b: 1 })],
    ['asks for no list', { list: '5', is: 'member' }],
    ['asks a list for what it does not know', { list: 5, is: 'on' }],
    ['asks for an event without a name', { event: ' ' }],
    ['asks for events within no time', { event: 'a', within: '0 days' }],
    ['asks for events within eleven years', { event: 'a', within: '4015 days' }],
    ['asks for more events than are looked at', { event: 'a', times: { is: 'equals', value: 1_001 } }],
    ['asks for a part of an event', { event: 'a', times: { is: 'equals', value: 1.5 } }],
    ['asks for events of events', { event: 'a', where: { event: 'b' } }],
    ['compares events with a pattern', { event: 'a', where: condition('event.x', 'matches', 'a') }],
    ['has two combiners', { all: [condition('profile.a', 'isSet')], any: [condition('profile.a', 'isSet')] }],
    ['has nothing', {}],
    ['is no object', 'profile.plan'],
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

test('patterns are compiled only if a condition has at most 50, of a size that can be', () => {
  const matches = (value: string) => ({ field: 'profile.a', is: 'matches', value });
  const many = (count: number) => ({
    any: [{ all: Array.from({ length: count }, (_, n) => matches(`a${n}`)) }, { not: matches('b') }],
  });
  expect(When.safeParse(many(49)).success).toBe(true);
  expect(When.safeParse(many(50)).error?.issues).toMatchObject([
    { path: [], message: expect.stringContaining('at most 50 patterns') as string },
  ]);
  expect(When.safeParse({ not: { all: [matches('a'), matches('(')] } }).error?.issues).toMatchObject([
    { path: ['not', 'all', 1, 'value'], message: expect.stringContaining('not valid in RE2') as string },
  ]);
  expect(When.safeParse(matches('a{1000}'.repeat(70))).error?.issues).toMatchObject([
    { path: ['value'], message: expect.stringContaining('repeats too much') as string },
  ]);
});

describe('what a user did, and the lists they are on', () => {
  const HAPPENED: Record<string, [daysAgo: number, dataFields: object][]> = {
    purchase: [
      [1, { total: 50, cartId: 'c2' }],
      [10, { total: 5, cartId: 'c1' }],
      [40, { total: 80, cartId: null }],
    ],
  };
  const facts: Facts = {
    now: NOW,
    isMember: (list) => list === 5,
    events: (name) =>
      (Object.hasOwn(HAPPENED, name) ? HAPPENED[name]! : []).map(([days, dataFields]) => ({
        at: NOW - days * DAY,
        dataFields: dataFields as Record<string, unknown>,
      })),
  };
  const roots = { profile: { least: 40 }, trigger: { cartId: 'c1' } };
  const times = (is: string, value: number) => ({ times: { is, value } });
  const dear = { where: condition('event.total', 'greaterThan', 10) };

  it.each<[object, boolean]>([
    [{ list: 5, is: 'member' }, true],
    [{ list: 6, is: 'member' }, false],
    [{ list: 6, is: 'notMember' }, true],
    [{ event: 'purchase' }, true],
    [{ event: 'refund' }, false],
    [{ not: { event: 'refund' } }, true],
    [{ event: '__proto__' }, false],
    [{ event: 'purchase', ...times('greaterOrEqual', 3) }, true],
    [{ event: 'purchase', ...times('greaterThan', 3) }, false],
    [{ event: 'purchase', ...times('equals', 3) }, true],
    [{ event: 'purchase', ...times('lessThan', 3) }, false],
    [{ event: 'purchase', ...times('lessOrEqual', 3) }, true],
    [{ event: 'refund', ...times('equals', 0) }, true],
    [{ event: 'purchase', within: '12 hours' }, false],
    [{ event: 'purchase', within: '30 days', ...times('equals', 2) }, true],
    [{ event: 'purchase', within: '10 days', ...times('equals', 1) }, true],
    [{ event: 'purchase', ...dear, ...times('equals', 2) }, true],
    [{ event: 'purchase', ...dear, within: '30 days', ...times('equals', 1) }, true],
    [{ event: 'purchase', match: { 'event.cartId': 'trigger.cartId' }, ...times('equals', 1) }, true],
    [{ event: 'purchase', match: { 'event.cartId': 'trigger.none' } }, false],
    [
      { event: 'purchase', where: condition('event.total', 'greaterOrEqual', { field: 'profile.least' }) },
      true,
    ],
  ])('%j is %s', (when, expected) => {
    expect(holds(When.parse(when), roots, facts)).toBe(expected);
  });

  it('are said to be needed once each, as far back as any condition looks', () => {
    const when = When.parse({
      all: [
        { list: 5, is: 'member' },
        { not: { list: 5, is: 'notMember' } },
        { event: 'a', within: '1 day' },
        { event: 'a', within: '2 days', ...dear },
        { event: 'b', within: '1 day' },
        condition('profile.plan', 'equals', { field: 'trigger.plan' }),
      ],
    });
    const other = When.parse({ any: [{ event: 'b' }, condition('liveData.at', 'before', 'now')] });
    expect(needsOf(when, other)).toEqual({
      lists: [5],
      events: [
        { name: 'a', withinMs: 2 * DAY, withData: true },
        { name: 'b', withinMs: null, withData: false },
      ],
      roots: new Set(['profile', 'trigger', 'liveData']),
      now: true,
    });
  });
});

describe('a refused condition says where and what to do', () => {
  const PLAN = condition('profile.plan', 'isSet');
  it.each<[string, unknown, (string | number)[], string]>([
    ['no form', { all: [PLAN, { fild: 'x' }] }, ['all', 1], 'is one of'],
    ['no operator', { not: { field: 'profile.a', is: 'like', value: 1 } }, ['not', 'is'], 'startsWith'],
    ['no value', condition('profile.a', 'equals'), ['value'], '{"field": "trigger.plan"}'],
    ['an unknown root', condition('user.plan', 'isSet'), ['field'], 'profile., trigger.'],
    ['a list', { list: 0, is: 'member' }, ['list'], ''],
    ['a match', { event: 'a', match: { 'trigger.a': 'trigger.a' } }, ['match', 'trigger.a'], 'left side'],
    ['a match', { event: 'a', match: { 'event.a': 'event.a' } }, ['match', 'event.a'], 'right side'],
    ['an event’s condition', { event: 'a', where: { is: 'isSet' } }, ['where', 'field'], ''],
  ])('%s: %j', (_what, when, path, message) => {
    expect(When.safeParse(when).error?.issues).toMatchObject([
      { path, message: expect.stringContaining(message) as string },
    ]);
  });
});

describe('a condition has at most', () => {
  const parts = (count: number, part: (n: number) => object) => ({
    all: [{ any: Array.from({ length: count }, (_, n) => part(n)) }],
  });
  it.each<[number, string, (n: number) => object]>([
    [50, '50 comparisons with contains', (n) => condition('profile.a', 'contains', `part ${n}`)],
    [50, '50 lists', (n) => ({ list: n + 1, is: 'member' })],
    [20, '20 events', (n) => ({ event: `e${n}` })],
  ])('%i: %s', (most, message, part) => {
    expect(When.safeParse(parts(most, part)).success).toBe(true);
    expect(When.safeParse(parts(most + 1, part)).error?.issues[0]!.message).toContain(message);
  });

  it('100 comparisons and pairs of a match on past events', () => {
    const event = (count: number) => ({
      event: 'a',
      where: { any: Array.from({ length: count }, (_, n) => condition('event.n', 'equals', n)) },
      match: { 'event.a': 'trigger.a' },
    });
    const events = (count: number) => ({ any: [event(48), { not: event(count) }] });
    expect(When.safeParse(events(50)).success).toBe(true);
    expect(When.safeParse(events(51)).error?.issues).toMatchObject([
      { path: [], message: expect.stringContaining('100 comparisons') as string },
    ]);
  });

  it('20 faults that are named', () => {
    const when = { any: Array.from({ length: 100 }, () => ({ field: 'x', is: 'isSet' })) };
    expect(When.safeParse(when).error?.issues).toHaveLength(20);
  });
});
