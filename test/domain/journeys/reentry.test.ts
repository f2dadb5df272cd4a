import { readJson } from '../../../src/domain/lossless-json';
import { keyTextOf, Reentry, rulesOf } from '../../../src/domain/journeys/reentry';

const DAY_MS = 86_400_000;

it.each([
  [{ after: '30 days' }, { afterMs: 30 * DAY_MS, from: 'entry', key: null, onActive: 'parallel' }],
  [
    { after: 'PT1H', from: 'end' },
    { afterMs: 3_600_000, from: 'end', key: null, onActive: 'refuse' },
  ],
  [
    { after: '1 day', from: 'end', onActive: 'parallel' },
    { from: 'end', onActive: 'parallel' },
  ],
  [{ key: 'cart.id' }, { afterMs: null, key: 'cart.id', onActive: 'parallel' }],
  [{ onActive: 'restart' }, { afterMs: null, key: null, onActive: 'restart' }],
])('%j is read with its defaults', (rules, read) => {
  expect(rulesOf(Reentry.parse(rules))).toMatchObject(read);
});

it.each([
  [{}, '', 'Re-entry rules have at least one of after, key and onActive.'],
  [{ from: 'end' }, '', 'Re-entry rules have at least one of after, key and onActive.'],
  [
    { key: 'cartId', from: 'end' },
    'from',
    'This says what “after” counts from. Add after, or leave from out.',
  ],
  [{ after: '0 days' }, 'after', expect.stringContaining('longer than zero')],
  [{ after: '-1 day' }, 'after', expect.stringContaining('not negative')],
  [{ after: '4015 days' }, 'after', expect.stringContaining('ten years at most')],
  [{ after: '1 day', from: 'start' }, 'from', expect.any(String)],
  [{ after: 86_400_000 }, 'after', expect.any(String)],
  [{ key: '' }, 'key', expect.stringContaining('A key is a field of the trigger data')],
  [{ key: 'a..b' }, 'key', expect.stringContaining('A key is a field of the trigger data')],
  [{ key: Array(100).fill('a').join('.') }, 'key', expect.stringContaining('of up to 32 steps')],
  [{ key: 'trigger.cartId' }, 'key', expect.stringContaining('Leave out “trigger.”')],
  [{ key: '__proto__' }, 'key', 'A field called __proto__ cannot be a key.'],
  [{ key: 'cart.__proto__.id' }, 'key', 'A field called __proto__ cannot be a key.'],
  [{ onActive: 'queue' }, 'onActive', expect.any(String)],
  [{ after: '1 day', cooldown: true }, '', expect.stringContaining('cooldown')],
])('%j is refused: at “%s”', (rules, path, message) => {
  const [issue] = Reentry.safeParse(rules).error!.issues;
  expect([issue!.path.join('.'), issue!.message]).toEqual([path, message]);
});

describe('the key of trigger data', () => {
  const textOf = (json: string, field = 'key') => keyTextOf(field, readJson(json) as Record<string, unknown>);

  it.each([
    ['{"key": "A1"}', '{"other": 1, "key": "A1"}'],
    ['{"key": 5}', '{"key": 5.0}'],
    ['{"key": 12345678901234567890}', '{"key": 1.2345678901234567890e19}'],
    ['{"key": {"a": 1, "b": [2]}}', '{"key": {"b": [2], "a": 1}}'],
  ])('is the same in %s and %s', (one, other) => {
    expect(textOf(one)).toBeDefined();
    expect(textOf(one)).toBe(textOf(other));
  });

  it.each([
    ['{"key": "A1"}', '{"key": "a1"}'],
    ['{"key": 5}', '{"key": "5"}'],
    ['{"key": true}', '{"key": "true"}'],
    ['{"key": 12345678901234567890}', '{"key": 12345678901234567891}'],
    ['{"key": ["a", "b"]}', '{"key": ["a,b"]}'],
    ['{"key": [1, 2]}', '{"key": [2, 1]}'],
    ['{"key": {}}', '{"key": []}'],
    ['{"key": ""}', '{}'],
  ])('differs in %s and %s', (one, other) => {
    expect(textOf(one)).not.toBe(textOf(other));
  });

  it.each([
    ['key', '{}'],
    ['key', '{"key": null}'],
    ['key.id', '{"key": "text"}'],
    ['key.id', '{"key": 12345678901234567890}'],
    ['constructor', '{}'],
    ['key.length', '{"key": "text"}'],
  ])('%s is missing in %s', (field, json) => {
    expect(textOf(json, field)).toBeUndefined();
  });

  it.each([
    ['cart.id', '{"cart": {"id": "x"}}'],
    ['items[1].id', '{"items": [{}, {"id": "x"}]}'],
    ['constructor', '{"constructor": "x"}'],
  ])('is found at %s', (field, json) => {
    expect(textOf(json, field)).toBe('"x"');
  });
});
