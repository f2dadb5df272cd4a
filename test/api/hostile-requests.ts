import { BOMBS } from '../template/hostile-corpus';

/* Requests that try to hold the event loop, or to fill the memory. */

const JSON_TYPE = 'application/json';
const CSV = 'text/csv';
const NDJSON = 'application/x-ndjson';

/** What tries to, and the request. `turn` makes a body that was never seen before. */
export interface HostileRequest {
  claim: string;
  path: string;
  type?: string;
  body: (turn: number) => string;
}

const MIB = 1_048_576;
const BULK = 4 * MIB - 1_000;

const N = (count: number) => Array.from({ length: count }, (_, index) => index);
const filled = (part: string, size: number) => part.repeat(Math.floor(size / part.length));
const json = (value: unknown): string => JSON.stringify(value);
const nested = (levels: number): unknown => N(levels).reduce<unknown>((inner) => ({ a: inner }), 1);

function of(claim: string, path: string, body: HostileRequest['body'], type = JSON_TYPE): HostileRequest {
  return { claim, path: `/api/${path}`, type, body };
}

const events = (turn: number, event: (n: number) => object, count = 8_000) =>
  json({
    events: N(count).map((n) => ({ email: `e${turn}-${n}@example.com`, eventName: 'e', ...event(n) })),
  });
const users = (turn: number, user: (n: number) => object, count = 1_001) =>
  json({ users: N(count).map((n) => ({ email: `u${turn}-${n}@example.com`, dataFields: user(n) })) });

const BULK_CALLS = [
  of('8,000 events of 500 bytes', 'events/trackBulk', (turn) =>
    events(turn, (n) => ({ dataFields: { n, text: 'x'.repeat(400) } })),
  ),
  of('8,000 events of one user', 'events/trackBulk', (turn) =>
    events(turn, (n) => ({ email: `one-${turn}@example.com`, id: `${n % 100}` })),
  ),
  of('8,000 events that all fail', 'events/trackBulk', (turn) =>
    events(turn, () => ({ eventName: '', createdAt: 'x', campaignId: 'x', dataFields: [] })),
  ),
  of('an event of 4 MB', 'events/trackBulk', (turn) =>
    events(turn, () => ({ dataFields: { text: 'x'.repeat(BULK - 1_000) } }), 1),
  ),
  of('1,001 users nested 26 levels deep', 'users/bulkUpdate', (turn) =>
    users(turn, () => Object.fromEntries(N(15).map((n) => [`deep${n}`, nested(26)]))),
  ),
  of('1,001 users with new fields each', 'users/bulkUpdate', (turn) =>
    users(turn, (user) => Object.fromEntries(N(40).map((n) => [`f${turn}-${user}-${n}`, n]))),
  ),
  of('1,001 users with 100 fields', 'users/bulkUpdate', (turn) =>
    users(turn, () => Object.fromEntries(N(100).map((n) => [`field-number-${n}`, `value ${turn}`]))),
  ),
  of('1,001 users without a field of the right type', 'users/bulkUpdate', (turn) =>
    json({ users: N(1_001).map((n) => ({ email: turn + n, userId: [], dataFields: { '': 1 } })) }),
  ),
  of('a user of 4 MB', 'users/bulkUpdate', (turn) =>
    users(turn, () => ({ text: 'x'.repeat(BULK - 1_000) }), 1),
  ),
  of('two million numbers', 'users/bulkUpdate', () => `{"users":[${filled('0,', BULK)}0]}`),
  of(
    'two million numbers and a long one',
    'users/bulkUpdate',
    () => `{"users":[${filled('0,', BULK)}${'1'.repeat(20)}]}`,
  ),
  of('a million objects', 'users/bulkUpdate', () => `{"users":[${filled('{},', BULK)}1]}`),
  of(
    'a million lists in each other',
    'users/bulkUpdate',
    () => `{"users":[${filled(`${'['.repeat(20)}${']'.repeat(20)},`, BULK)}1]}`,
  ),
  of(
    '140,000 names',
    'users/bulkUpdate',
    (turn) =>
      `{${N(140_000)
        .map((n) => `"k${turn}-${n}":1`)
        .join(',')}}`,
  ),
  of(
    '70,000 long numbers',
    'users/bulkUpdate',
    () => `{"users":[${filled(`${'1'.repeat(20)},`, 1_450_000)}1]}`,
  ),
  of('4 MB of escapes', 'users/bulkUpdate', () => `{"users":["${filled('\\"', BULK)}", ${'1'.repeat(20)}]}`),
];

const preview = (webhook: object, profile: object = {}) =>
  json({ webhook: { name: 'x', endpoint: 'https://example.com', ...webhook }, profile });

/** The templates of the corpus, for data that a request can bring. */
const PREVIEWS = BOMBS.filter(
  ([claim, , data]) => !claim.includes('nested') && json(data ?? {}).length < MIB - 70_000,
).map(([claim, template, data = {}, kind]) =>
  of(`preview: ${claim}`, 'journeyWebhooks/preview', (turn) => {
    const fresh = template + ' '.repeat(turn);
    if (kind === 'url') return preview({ endpoint: template, method: 'GET' }, data);
    if (kind === 'json') return preview({ bodyType: 'json', body: fresh }, data);
    return preview({ bodyType: 'form', body: [{ name: 'x', value: fresh }] }, data);
  }),
);

const journey = (more: object) => json({ name: 'Hostile', tiles: [], ...more });
const when = (where: object) => journey({ entry: { source: 'event', eventName: 'e', where } });
const hook = (n: number, more: object) => ({ id: `t${n}`, type: 'webhook', ...more });

const DEFINITIONS = [
  of('a URL of 64 KiB of open braces', 'journeyWebhooks/preview', () =>
    preview({ endpoint: `https://example.com/${filled('{{', 65_000)}` }),
  ),
  of('a condition of 10,000 patterns', 'journeys', (turn) =>
    when({
      all: N(99).map((a) => ({
        any: N(99).map((b) => ({ field: 'event.x', is: 'matches', value: `a{1,900}${turn}-${a}-${b}` })),
      })),
    }),
  ),
  of('a condition of 50 patterns', 'journeys', (turn) =>
    when({ all: N(50).map((n) => ({ field: 'event.x', is: 'matches', value: `(a|b){1,60}${turn}-${n}` })) }),
  ),
  of('a pattern of 70,000 instructions', 'journeys', () =>
    when({ field: 'event.x', is: 'matches', value: 'a{1000}'.repeat(70) }),
  ),
  of('a condition of 10,000 parts, all wrong', 'journeys', () =>
    when({ all: N(99).map(() => ({ any: N(99).map(() => ({ field: 'x', is: 'y' })) })) }),
  ),
  of('a condition of 30,000 parts, all wrong', 'journeys', () =>
    when({ all: N(30_000).map(() => ({ field: 'x', is: 'y' })) }),
  ),
  of('a condition of 30,000 lists and events', 'journeys', () =>
    when({
      any: N(99).map(() => ({ any: N(150).map((n) => ({ all: [{ list: n }, { event: `e${n}` }] })) })),
    }),
  ),
  of('a condition of 1,000 comparisons with other fields', 'journeys', () =>
    when({
      all: N(10).map(() => ({
        any: N(100).map((n) => ({ field: `event.a${n}`, is: 'startsWith', value: { field: `event.b${n}` } })),
      })),
    }),
  ),
  of('a condition of 20 events, each with comparisons and a match', 'journeys', () =>
    when({
      any: N(20).map((n) => ({
        event: `e${n}`,
        where: { all: N(4).map((m) => ({ field: `event.a${m}`, is: 'equals', value: n })) },
        match: { 'event.id': 'trigger.id' },
      })),
    }),
  ),
  of('a match of 20,000 pairs', 'journeys', () =>
    when({ event: 'e', match: Object.fromEntries(N(20_000).map((n) => [`event.a${n}`, 'trigger.a'])) }),
  ),
  of('300,000 tiles of no kind', 'journeys', () => `{"name":"x","tiles":[${filled('{},', MIB - 2_000)}{}]}`),
  of(
    '500,000 suppression lists that are none',
    'journeys',
    () => `{"name":"x","tiles":[],"suppressionListIds":[${filled('0,', 480_000)}0]}`,
  ),
  of('500 tiles full of templates', 'journeys', (turn) =>
    journey({
      tiles: N(500).map((n) =>
        hook(n, { webhookId: 1, parameters: { p: `{{x}}{{#if y}}${turn}{{/if}}`.repeat(70) } }),
      ),
    }),
  ),
  of('500 tiles with webhooks of their own', 'journeys', (turn) =>
    journey({
      tiles: N(500).map((n) =>
        hook(n, {
          webhook: { url: 'https://example.com', payload: { p: `{{x}}{{#if y}}${turn}{{/if}}`.repeat(65) } },
        }),
      ),
    }),
  ),
  of('500 tiles with one id', 'journeys', () =>
    journey({ tiles: N(500).map(() => ({ id: 'a', type: 'exit' })) }),
  ),
  of('500 tiles that lead nowhere', 'journeys', () =>
    journey({ tiles: N(500).map((n) => ({ id: `t${n}`, type: 'delay', for: '1 day', next: `x${n}` })) }),
  ),
  of('an inline webhook of 20,000 texts', 'journeys', (turn) =>
    journey({
      tiles: [
        hook(0, {
          webhook: { url: 'https://example.com', payload: { p: N(20_000).map((n) => `${turn}-${n} {{x}}`) } },
        }),
      ],
    }),
  ),
];

const CSV_FILES = [
  of(
    'a file of 1,000 columns',
    'users/import',
    (turn) => {
      const names = N(1_000).map((n) => `c${n}`);
      const rows = N(500).map((n) => `i${turn}-${n}@example.com,${names.map(() => n).join(',')}`);
      return `email,${names.join(',')}\n${rows.join('\n')}\n`;
    },
    CSV,
  ),
  of(
    'a row of a million cells',
    'users/import',
    () => `email,a\nx@example.com${filled(',', MIB - 1_000)}\n`,
    CSV,
  ),
  of('a header of a million cells', 'users/import', () => `email${filled(',a', MIB - 1_000)}\nx\n`, CSV),
  of('a header of a million spaces', 'users/import', () => `email,a${' '.repeat(MIB - 1_000)}b\nx\n`, CSV),
  of('a million rows', 'users/import', () => `email\n${filled('x\n', 2 * MIB)}`, CSV),
  of(
    'rows of a megabyte',
    'users/import',
    (turn) =>
      `email,a\n${N(6)
        .map((n) => `r${turn}-${n}@example.com,${'x'.repeat(MIB - 1_000)}`)
        .join('\n')}\n`,
    CSV,
  ),
  of(
    'a file of one open quote',
    'users/import',
    () => `email,a\nx@example.com,"${filled('""', 3 * MIB)}`,
    CSV,
  ),
];

const NDJSON_FILES = [
  of(
    'lines of a megabyte of objects',
    'users/import',
    (turn) =>
      `${N(6)
        .map(
          (n) => `{"email":"n${turn}-${n}@example.com","dataFields":{"a":[${filled('{},', MIB - 1_000)}1]}}`,
        )
        .join('\n')}\n`,
    NDJSON,
  ),
  of(
    'lines of 1,000 fields',
    'users/import',
    (turn) =>
      `${N(300)
        .map((n) =>
          json({
            email: `l${turn}-${n}@example.com`,
            dataFields: Object.fromEntries(N(1_000).map((k) => [`l${k}`, n])),
          }),
        )
        .join('\n')}\n`,
    NDJSON,
  ),
  of(
    'lines nested deep',
    'users/import',
    (turn) =>
      `${N(2_000)
        .map((n) => json({ email: `d${turn}-${n}@example.com`, dataFields: { deep: nested(26) } }))
        .join('\n')}\n`,
    NDJSON,
  ),
];

const SINGLE_CALLS = [
  of(
    'an update of half a million items',
    'users/update',
    (turn) => `{"email":"items-${turn}@example.com","dataFields":{"a":[${filled('0,', MIB - 1_000)}0]}}`,
  ),
  of(
    'an update of 200,000 objects',
    'users/update',
    (turn) => `{"email":"objects-${turn}@example.com","dataFields":{"a":[${filled('{},', 600_000)}0]}}`,
  ),
  of(
    'an update with a long number among 200,000',
    'users/update',
    (turn) =>
      `{"email":"long-${turn}@example.com","dataFields":{"a":[${filled('0,', 400_000)}${'1'.repeat(20)}]}}`,
  ),
  of('an update of 200,000 fields', 'users/update', () =>
    json({ email: 'names@example.com', dataFields: Object.fromEntries(N(100_000).map((n) => [`k${n}`, n])) }),
  ),
  of(
    '500,000 users of a list',
    'lists/subscribe',
    () => `{"listId":1,"subscribers":[${filled('0,', 480_000)}0]}`,
  ),
  of(
    '500,000 items of a cart',
    'commerce/updateCart',
    () => `{"user":{"email":"cart@example.com"},"items":[${filled('0,', 480_000)}0]}`,
  ),
];

export const HOSTILE_REQUESTS: HostileRequest[] = [
  ...BULK_CALLS,
  ...DEFINITIONS,
  ...CSV_FILES,
  ...NDJSON_FILES,
  ...SINGLE_CALLS,
  ...PREVIEWS,
];
