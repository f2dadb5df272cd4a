/** Written for a bundler: imports without extensions, which the types of Node refuse. */
const words = jest.requireActual<{
  conditionWords: (when: object, lists?: Record<number, string>) => string;
}>('../../../console/src/words/conditions');
const durations = jest.requireActual<{
  durationWords: (text: string) => string;
  lengthWords: (ms: number) => string;
}>('../../../console/src/words/durations');
const parts = jest.requireActual<{
  entryWords: (entry: object, lists?: Record<number, string>) => string;
  exitRuleWords: (rule: object, lists?: Record<number, string>) => string;
  windowWords: (window: object) => string;
  reentryWords: (reentry: object) => string;
}>('../../../console/src/words/journeys');
const { differenceOf } = jest.requireActual<{
  differenceOf: (before: object, after: object, lists?: Record<number, string>) => Difference;
}>('../../../console/src/pages/journeys/parts/versions/difference');
const search = jest.requireActual<{
  parseSearch: (query: string) => Record<string, string>;
  stringifySearch: (search: Record<string, unknown>) => string;
}>('../../../console/src/words/search');

interface Difference {
  settings: object[];
  tiles: object[];
}

const LISTS = { 5: 'Readers' };

it.each([
  [{ field: 'profile.plan', is: 'equals', value: 'pro' }, 'plan is “pro”'],
  [{ field: 'trigger.total', is: 'greaterOrEqual', value: 20 }, 'trigger.total is at least 20'],
  [
    { field: 'profile.spent', is: 'lessThan', value: { field: 'trigger.total' } },
    'spent is less than trigger.total',
  ],
  [{ field: 'profile.phone', is: 'isNotSet' }, 'phone is not set'],
  [{ field: 'profile.vip', is: 'notEquals', value: null }, 'vip is not nothing'],
  [{ field: 'profile.country', is: 'in', value: ['DE', 'AT', 'CH'] }, 'country is one of “DE”, “AT” or “CH”'],
  [{ field: 'profile.n', is: 'in', value: [1, 2, 3, 4, 5] }, 'n is one of 1, 2, 3 or 2 others'],
  [{ field: 'profile.seenAt', is: 'after', value: '-7 days' }, 'seenAt is after 7 days ago'],
  [{ field: 'profile.endsAt', is: 'before', value: '+PT2H' }, 'endsAt is before 2 hours from now'],
  [{ field: 'profile.endsAt', is: 'before', value: 'now' }, 'endsAt is before now'],
  [{ list: 5, is: 'member' }, 'on list “Readers”'],
  [{ not: { list: 6, is: 'member' } }, 'not on list 6'],
  [{ event: 'login' }, 'the user did “login”'],
  [{ not: { event: 'login', within: '30 days' } }, 'the user did not do “login” in the last 30 days'],
  [
    {
      event: 'purchase',
      match: { 'event.cartId': 'trigger.cartId' },
      where: { field: 'event.total', is: 'greaterThan', value: 50 },
      times: { is: 'greaterOrEqual', value: 2 },
      within: 'P7D',
    },
    'the user did “purchase” with the same cartId where total is more than 50, at least 2 times in the last 7 days',
  ],
  [
    {
      all: [
        { field: 'profile.a', is: 'isSet' },
        {
          any: [
            { field: 'profile.b', is: 'isSet' },
            { field: 'profile.c', is: 'isSet' },
          ],
        },
      ],
    },
    'a is set and (b is set or c is set)',
  ],
  [
    {
      not: {
        any: [
          { field: 'profile.b', is: 'isSet' },
          { list: 5, is: 'member' },
        ],
      },
    },
    'not (b is set or on list “Readers”)',
  ],
  [{ all: [] }, 'no condition yet'],
])('says a condition in plain words: %j', (when, text) => {
  expect(words.conditionWords(when, LISTS)).toBe(text);
});

it('says durations in words, also those of ISO-8601, and leaves what is none', () => {
  const { durationWords, lengthWords } = durations;
  expect(['1 days', '3 DAYS', 'PT90M', 'P1DT2H', '{{days}}'].map(durationWords)).toEqual([
    ...['1 day', '3 days', '90 minutes', '1 day 2 hours', '{{days}}'],
  ]);
  expect([12, 61_000, 259_200_000, 266_461_000].map(lengthWords)).toEqual([
    ...['12 ms', '1 minute 1 second', '3 days', '3 days 2 hours'],
  ]);
});

it.each([
  [
    { source: 'event', eventName: 'signup', where: { field: 'event.total', is: 'greaterThan', value: 20 } },
    'When “signup” is tracked, if total is more than 20',
  ],
  [
    { source: 'profileUpdate', field: 'plan', from: 'free', to: null },
    'When plan changes from “free” to nothing',
  ],
  [{ source: 'profileUpdate', field: 'plan' }, 'When plan is updated'],
  [{ source: 'listSubscribe', listId: 5 }, 'When put on list “Readers”'],
  [
    { source: 'schedule', listId: 5, cron: '0 9 * * mon', timeZone: 'Europe/Berlin' },
    'Mondays at 09:00, Europe/Berlin, everyone on list “Readers”',
  ],
  [
    { source: 'schedule', listId: 6, cron: '*/5 9-17 * * 1-5', timeZone: 'UTC' },
    'By the schedule */5 9-17 * * 1-5, UTC, everyone on list 6',
  ],
  [
    { source: 'schedule', listId: 6, at: '2026-12-01T09:00', timeZone: 'UTC' },
    'At 2026-12-01 09:00, UTC, everyone on list 6',
  ],
])('says in words what sends users in: %j', (entry, text) => {
  expect(parts.entryWords(entry, LISTS)).toBe(text);
});

it('says windows, re-entry and exit rules in words', () => {
  const window = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '20:00', timeZone: 'user' };
  expect(parts.windowWords(window)).toBe('Mon–Fri 09:00–20:00, the user’s time zone');
  expect(parts.windowWords({ ...window, days: ['sun', 'mon'], timeZone: 'UTC', onClosed: 'skip' })).toBe(
    'Mon, Sun 09:00–20:00, UTC; skipped while it is closed',
  );
  expect(parts.reentryWords({ after: '30 days', from: 'end', key: 'cartId', onActive: 'restart' })).toBe(
    '30 days after the last entry ended, for each cartId, starts anew if under way',
  );
  expect(parts.exitRuleWords({ event: 'purchase', name: 'Bought' })).toBe('Bought');
  expect(parts.exitRuleWords({ listId: 5 }, LISTS)).toBe('On list “Readers”');
});

describe('the difference between two states of a journey', () => {
  const crm = { id: 'crm', type: 'webhook', webhookId: 7 };
  const wait = { id: 'wait', type: 'delay', for: '3 days' };
  const split = {
    ...{ id: 'vip', type: 'yesNoSplit', yes: 'crm', no: 'exit' },
    when: { field: 'profile.plan', is: 'equals', value: 'pro' },
  };
  const journey = (tiles: object[], fields: object = {}) => ({ name: 'Win back', tiles, ...fields });

  it('is none, in whatever order fields are written, and where a way is written as it was', () => {
    const same = [{ for: '3 days', type: 'delay', id: 'wait', next: 'crm' }, crm];
    expect(differenceOf(journey([wait, crm]), journey(same))).toEqual({ settings: [], tiles: [] });
  });

  it('names tiles that were added, removed and changed, with their fields', () => {
    const before = journey([wait, split, crm]);
    const changed = { ...split, when: { field: 'profile.plan', is: 'in', value: ['pro', 'max'] } };
    const added = { id: 'note', type: 'trackEvent', eventName: 'seen' };
    const { settings, tiles } = differenceOf(before, journey([changed, crm, added]));
    expect(settings).toEqual([{ what: 'Users enter at', before: '“wait”', after: '“vip”' }]);
    expect(tiles).toEqual([
      {
        ...{ id: 'vip', title: 'Yes/No Split', kind: 'changed' },
        changes: [{ what: 'Condition', before: 'plan is “pro”', after: 'plan is one of “pro” or “max”' }],
      },
      {
        ...{ id: 'crm', title: 'Call Webhook', kind: 'changed' },
        changes: [{ what: 'Next leads to', before: 'the end', after: '“note”' }],
      },
      {
        ...{ id: 'note', title: 'Track Event', kind: 'added' },
        changes: [{ what: 'Event', before: undefined, after: 'seen' }],
      },
      { id: 'wait', title: 'Delay', kind: 'removed', changes: [] },
    ]);
  });

  it('says where ways of branches lead, and not that the branches changed', () => {
    const arms = (next: string) => ({
      ...{ id: 'order', type: 'waitFor', timeout: '1 day', onTimeout: 'exit' },
      for: [{ event: 'purchase', next }],
    });
    const { tiles } = differenceOf(journey([arms('exit'), crm]), journey([arms('crm'), crm]));
    expect(tiles).toMatchObject([
      { id: 'order', changes: [{ what: 'purchase leads to', before: 'the end', after: '“crm”' }] },
    ]);
  });

  it('shows the values as they are written where the words are the same', () => {
    const branch = (value: unknown) => ({ ...split, when: { field: 'profile.plan', is: 'equals', value } });
    const { tiles } = differenceOf(journey([branch(null), crm]), journey([branch(undefined), crm]));
    expect(tiles).toMatchObject([
      {
        changes: [
          { before: expect.stringContaining('"value":null'), after: expect.not.stringContaining('value') },
        ],
      },
    ]);
  });

  it('names settings that have changed, in words', () => {
    const before = journey([crm], { entry: { source: 'api' }, suppressionListIds: [5] });
    const after = journey([crm], {
      ...{ entry: { source: 'event', eventName: 'signup' }, lifetimeLimit: 1, suppressionListIds: [] },
      exitRules: [{ event: 'purchase', name: 'Bought' }],
    });
    expect(differenceOf(before, after, LISTS).settings).toEqual([
      { what: 'Users enter', before: 'When the API is called', after: 'When “signup” is tracked' },
      { what: 'Never users on', before: 'list “Readers”', after: undefined },
      { what: 'Entries of one user', before: undefined, after: '1' },
      { what: 'Users leave', before: undefined, after: 'Bought (The user did “purchase”)' },
    ]);
  });
});

it.each([
  ['?attempt=2', { attempt: '2' }],
  ['?name=123', { name: '123' }],
  ['?name=true', { name: 'true' }],
  ['?user=ada%40example.com', { user: 'ada@example.com' }],
  ['?name=%5B1%5D', { name: '[1]' }],
  // A text with quotes of its own.
  ['?name=%22%5C%22A%5C%22%22', { name: '"A"' }],
  ['?name=%22A', { name: '"A' }],
  ['', {}],
])('reads and writes the address %s', (query, read) => {
  expect(search.parseSearch(query)).toEqual(read);
  expect(search.stringifySearch(read)).toBe(query);
});

it('reads addresses in which texts were quoted', () => {
  expect(search.parseSearch('?attempt=%222%22&version=3')).toEqual({ attempt: '2', version: '3' });
});
