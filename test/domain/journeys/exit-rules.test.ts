import {
  detailOfExit,
  exitKeysOf,
  ExitRule,
  exitNeedsOf,
  ruleMet,
  type SentEvent,
} from '../../../src/domain/journeys/exit-rules';
import { type Facts, factsAt } from '../../../src/domain/journeys/facts';
import { JourneyDefinition } from '../../../src/domain/journeys/journey';
import type { Roots } from '../../../src/domain/journeys/roots';

const IS_PRO = { field: 'profile.plan', is: 'equals', value: 'pro' } as const;
const LARGE = { field: 'event.total', is: 'greaterThan', value: 20 } as const;

const roots: Roots = { profile: { plan: 'pro' }, trigger: { cartId: 'c-1' } };
const facts: Facts = { ...factsAt(0), isMember: (listId) => listId === 4 };
const purchase = (data: Record<string, unknown>): SentEvent => ({ name: 'purchase', data });

describe('an exit rule', () => {
  it.each<[string, object, SentEvent | undefined, boolean]>([
    ['an event of its name', { event: 'purchase' }, purchase({}), true],
    ['an event of another name', { event: 'refund' }, purchase({}), false],
    ['no event', { event: 'purchase' }, undefined, false],
    [
      'an event for which its condition holds',
      { event: 'purchase', where: LARGE },
      purchase({ total: 21 }),
      true,
    ],
    ['an event for which it does not', { event: 'purchase', where: LARGE }, purchase({ total: 20 }), false],
    [
      'an event of this entry',
      { event: 'purchase', match: { 'event.cartId': 'trigger.cartId' } },
      purchase({ cartId: 'c-1' }),
      true,
    ],
    [
      'an event of another entry',
      { event: 'purchase', match: { 'event.cartId': 'trigger.cartId' } },
      purchase({ cartId: 'c-2' }),
      false,
    ],
    [
      'an event that does not say of which',
      { event: 'purchase', match: { 'event.cartId': 'trigger.cartId' } },
      purchase({}),
      false,
    ],
    ['being on its list', { listId: 4 }, undefined, true],
    ['being on another list', { listId: 5 }, undefined, false],
    ['its condition', { when: IS_PRO }, undefined, true],
    ['its condition, after any event', { when: IS_PRO }, purchase({}), true],
    ['the opposite of its condition', { when: { not: IS_PRO } }, undefined, false],
  ])('judges %s', (_what, rule, event, met) => {
    const parsed = ExitRule.parse(rule);
    expect(ruleMet([parsed], roots, facts, event)).toEqual(met ? parsed : undefined);
  });

  it('is named by its detail, or described', () => {
    const named = (rule: object) => detailOfExit(ExitRule.parse(rule));
    expect(named({ event: 'purchase', name: 'Bought' })).toBe('Met the exit rule “Bought”.');
    expect(named({ event: 'purchase' })).toBe('Met the exit rule “event purchase”.');
    expect(named({ listId: 4 })).toBe('Met the exit rule “list 4”.');
    expect(named({ when: IS_PRO })).toBe('Met the exit rule “a condition”.');
  });

  it('the first that is met counts', () => {
    const rules = [{ listId: 9 }, { when: IS_PRO, name: 'Pro' }, { listId: 4 }].map((rule) =>
      ExitRule.parse(rule),
    );
    expect(ruleMet(rules, roots, facts)).toMatchObject({ name: 'Pro' });
  });
});

it('exit rules are judged after what they are about', () => {
  const rules = [
    { event: 'purchase', where: LARGE },
    { listId: 4 },
    {
      when: {
        any: [IS_PRO, { list: 7, is: 'member' }, { event: 'refund', times: { is: 'equals', value: 2 } }],
      },
    },
  ].map((rule) => ExitRule.parse(rule));
  expect(exitKeysOf(rules).sort()).toEqual(['event/purchase', 'event/refund', 'list', 'profile']);
  expect(exitNeedsOf(rules).lists.sort()).toEqual([4, 7]);
  expect(exitNeedsOf(rules).events).toMatchObject([{ name: 'refund' }]);
  expect(exitKeysOf([ExitRule.parse({ when: { field: 'liveData.score', is: 'isSet' } })])).toEqual([]);
});

const faultsOf = (exitRules: unknown): string[] => {
  const parsed = JourneyDefinition.safeParse({ name: 'Ruled', tiles: [], exitRules });
  return parsed.success ? [] : [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))];
};

it.each<[string, unknown, string]>([
  ['21 rules', Array(21).fill({ listId: 1 }), 'exitRules'],
  ['none of event, listId and when', [{ name: 'Empty' }], 'exitRules.0'],
  ['two of them', [{ event: 'purchase', listId: 4 }], 'exitRules.0.listId'],
  ['a where without an event', [{ listId: 4, where: LARGE }], 'exitRules.0.where'],
  ['a match without an event', [{ when: IS_PRO, match: { 'event.a': 'trigger.a' } }], 'exitRules.0.match'],
  [
    'a match on a root that does not exist',
    [{ event: 'a', match: { 'event.a': 'window.a' } }],
    'exitRules.0.match.event.a',
  ],
  [
    'a match of something that is no event',
    [{ event: 'a', match: { 'trigger.a': 'trigger.a' } }],
    'exitRules.0.match.trigger.a',
  ],
  ['a list that is a text', [{ listId: '4' }], 'exitRules.0.listId'],
  ['an event without a name', [{ event: ' ' }], 'exitRules.0.event'],
  ['an unknown field', [{ listId: 4, then: 'crm' }], 'exitRules.0'],
  ['a name of 101 characters', [{ listId: 4, name: 'x'.repeat(101) }], 'exitRules.0.name'],
  ['a text', 'purchase', 'exitRules'],
])('a journey is refused with %s among its exit rules', (_what, exitRules, path) => {
  expect(faultsOf(exitRules)).toEqual([path]);
});
