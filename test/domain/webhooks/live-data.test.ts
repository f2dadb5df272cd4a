import { readJson } from '../../../src/domain/lossless-json';
import fc from 'fast-check';
import { LiveDataFields, type LiveDataType, selectFields } from '../../../src/domain/webhooks/live-data';
import { readPath, writePath } from '../../../src/domain/webhooks/response-path';

const faultOf = (path: string) => readPath(path).fault;

describe('a path into a response', () => {
  it.each([
    ['status', ['status']],
    ['order.status', ['order', 'status']],
    ['items[0].name', ['items', 0, 'name']],
    ['[0].name', [0, 'name']],
    ['grid[0][12]', ['grid', 0, 12]],
    ['["dotted.key"].a', ['dotted.key', 'a']],
    ['a["with \\"quotes\\""]["\\u00e9"]', ['a', 'with "quotes"', 'é']],
    ['a[""]', ['a', '']],
    ['größe.日本', ['größe', '日本']],
    ['constructor.prototype', ['constructor', 'prototype']],
    ['items[999]', ['items', 999]],
  ])('%s is split into steps (B110)', (path, steps) => {
    expect(readPath(path)).toEqual({ steps });
    expect(readPath(writePath(steps)!)).toEqual({ steps });
  });

  it.each([
    ['', 'such as order.status'],
    ['.a', 'from character 1 on'],
    ['a.', 'from character 2 on'],
    ['a..b', 'from character 2 on'],
    ['a[', 'from character 2 on'],
    ['a[x]', 'from character 2 on'],
    ['a[-1]', 'from character 2 on'],
    ['a[01]', 'from character 2 on'],
    ['a[1000]', 'an index is 0 to 999'],
    ['a["b]', 'from character 2 on'],
    ["a['b']", 'from character 2 on'],
    ['a["b\\x"]', 'from character 2 on'],
    ['["a"]b', 'from character 6 on'],
    ['first name', 'from character 6 on'],
    ['{{a}} b', 'from character 6 on'],
    ['a\u0000b', 'from character 2 on'],
    ['a.__proto__.b', 'cannot be chosen'],
    ['["__proto__"]', 'cannot be chosen'],
    ['a'.repeat(513), 'at most 512 characters'],
    ['a'.concat('.a'.repeat(32)), 'at most 32 steps'],
  ])('%j is refused, and the message says what is wrong with it', (path, message) => {
    expect(faultOf(path)).toContain(message);
  });

  it('round-trips, whatever the keys are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.nat(999)), { minLength: 1, maxLength: 8 }), (steps) => {
        const path = writePath(steps);
        if (path !== undefined) expect(readPath(path)).toEqual({ steps });
      }),
    );
  });
});

describe('the chosen fields', () => {
  const messages = (...paths: string[]) => {
    const { error } = LiveDataFields.safeParse(paths.map((path) => ({ path, type: 'string' })));
    return error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  };

  it('are at most ten; the eleventh is refused by its path (B110)', () => {
    const paths = Array.from({ length: 12 }, (_, index) => `field${index + 1}`);
    expect(messages(...paths.slice(0, 10))).toBeUndefined();
    expect(messages(...paths)).toEqual(['10: Choose up to 10 live data fields. “field11” is the eleventh.']);
  });

  it.each([
    [['a.b', 'a.b'], '1.path: “a.b” is chosen twice.'],
    [['a.b', '["a"].b'], '1.path: “["a"].b” and “a.b” cannot both be chosen'],
    [['a', 'a.b'], '1.path: “a.b” and “a” cannot both be chosen'],
    [['a[0].b', 'a'], '1.path: “a” and “a[0].b” cannot both be chosen'],
    [['a[0]', 'a.b'], '1.path: “a.b” and “a[0]” cannot both be chosen'],
    [['[0].a', 'a'], '1.path: “a” and “[0].a” cannot both be chosen'],
    [['a', 'b..c'], '1.path: The path is not valid from character 2 on'],
  ])('cannot be %j', (paths, message) => {
    expect(messages(...paths)).toEqual([expect.stringContaining(message)]);
  });

  it('may be siblings', () => {
    expect(messages('a.b', 'a.c', 'ab', 'list[0].a', 'list[0].b', 'list[1]')).toBeUndefined();
  });

  it('each have one of six types (B110)', () => {
    expect(LiveDataFields.safeParse([{ path: 'a', type: 'integer' }]).success).toBe(false);
    expect(LiveDataFields.safeParse([{ path: 'a' }]).success).toBe(false);
  });
});

describe('live data', () => {
  const select = (body: unknown, ...fields: [string, LiveDataType][]) =>
    selectFields(
      body,
      fields.map(([path, type]) => ({ path, type })),
    );

  it('has the chosen fields, nested as in the response, and nothing else (B113)', () => {
    const body = { order: { status: 'open', total: 12, secret: 'x' }, user: { name: 'Ada' }, other: 1 };
    expect(
      select(body, ['order.status', 'string'], ['order.total', 'number'], ['user.name', 'string']),
    ).toEqual({
      order: { status: 'open', total: 12 },
      user: { name: 'Ada' },
    });
  });

  it('keeps arrays as arrays, with null for items that were not chosen', () => {
    const body = { items: [{ id: 1, name: 'a' }, { id: 2 }, { id: 3 }] };
    expect(select(body, ['items[2].id', 'number'], ['items[0].name', 'string'])).toEqual({
      items: [{ name: 'a' }, null, { id: 3 }],
    });
  });

  it('is an object even if the response is an array', () => {
    expect(select([{ id: 1 }, { id: 2 }], ['[1].id', 'number'], ['[0].id', 'number'])).toEqual({
      0: { id: 1 },
      1: { id: 2 },
    });
  });

  it.each<[unknown, LiveDataType, unknown]>([
    ['text', 'string', 'text'],
    [12, 'string', '12'],
    [1.5, 'string', '1.5'],
    [true, 'string', 'true'],
    [{ a: 1 }, 'string', null],
    [[1], 'string', null],
    [12, 'number', 12],
    ['12', 'number', 12],
    [' -1.5e3 ', 'number', -1500],
    ['', 'number', null],
    ['12 EUR', 'number', null],
    ['0x10', 'number', null],
    ['Infinity', 'number', null],
    ['1e999', 'number', null],
    ['9007199254740993', 'number', readJson('9007199254740993')],
    ['+007', 'number', 7],
    [readJson('7615917337495251231'), 'number', readJson('7615917337495251231')],
    [readJson('7615917337495251231'), 'string', '7615917337495251231'],
    [readJson('7615917337495251231'), 'object', null],
    [true, 'number', null],
    [true, 'boolean', true],
    ['true', 'boolean', true],
    ['false', 'boolean', false],
    ['yes', 'boolean', null],
    [1, 'boolean', null],
    ['2026-01-02', 'date', '2026-01-02'],
    ['2026-01-02T03:04:05Z', 'date', '2026-01-02T03:04:05Z'],
    ['2026-01-02 03:04:05 +02:00', 'date', '2026-01-02 03:04:05 +02:00'],
    ['2026-13-02', 'date', null],
    ['tomorrow', 'date', null],
    [1767323045000, 'date', null],
    [{ a: [1] }, 'object', { a: [1] }],
    [[1], 'object', null],
    ['{"a":1}', 'object', null],
    [[1, { a: 2 }], 'array', [1, { a: 2 }]],
    [{ 0: 1 }, 'array', null],
    [null, 'string', null],
    [undefined, 'number', null],
  ])('converts %j as %s to %j (B110)', (value, type, expected) => {
    expect(select({ value }, ['value', type])).toEqual({ value: expected });
  });

  it.each([null, 'text', 12, [], {}, { a: null }, { a: 'text' }, { a: [] }, { a: { b: {} } }])(
    'has null where the response %j has no such field',
    (body) => {
      expect(select(body, ['a.b.c', 'string'], ['list[1].d', 'object'])).toEqual({
        a: { b: { c: null } },
        list: [null, { d: null }],
      });
    },
  );

  it('reads no inherited property, and pollutes no prototype', () => {
    const body: unknown = JSON.parse(
      '{"__proto__":{"polluted":"yes"},"a":{"__proto__":{"polluted":"yes"}},"s":"x"}',
    );
    const data = select(
      body,
      ['constructor.name', 'string'],
      ['toString', 'string'],
      ['s.length', 'number'],
      ['a.polluted', 'string'],
      ['polluted', 'string'],
    );
    expect(JSON.stringify(data)).toBe(
      '{"constructor":{"name":null},"toString":null,"s":{"length":null},"a":{"polluted":null},"polluted":null}',
    );
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it('holds no object nested too deep to be written as JSON', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(select({ a: nested(100) }, ['a', 'array'])).toEqual({ a: nested(100) });
    expect(select({ a: nested(101) }, ['a', 'array'])).toEqual({ a: null });
    expect(select({ a: nested(200_000) }, ['a', 'array'])).toEqual({ a: null });
  });
});
