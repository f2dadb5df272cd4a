import { readJson } from '../../../src/domain/lossless-json';
import { discoverFields } from '../../../src/domain/webhooks/discover-fields';
import { selectFields } from '../../../src/domain/webhooks/live-data';

const RESPONSE = {
  order: { status: 'open', total: 12.5, paid: true, at: '2026-01-02', note: null },
  items: [{ 'unit.price': 3 }, { other: 1 }],
  none: [],
};

describe('the fields of a response (B108)', () => {
  it('are listed with path, type and sample, an array through its first item', () => {
    expect(discoverFields(RESPONSE)).toEqual([
      { path: 'order', type: 'object', sample: null },
      { path: 'items', type: 'array', sample: null },
      { path: 'none', type: 'array', sample: null },
      { path: 'order.status', type: 'string', sample: 'open' },
      { path: 'order.total', type: 'number', sample: 12.5 },
      { path: 'order.paid', type: 'boolean', sample: true },
      { path: 'order.at', type: 'date', sample: '2026-01-02' },
      { path: 'order.note', type: 'string', sample: null },
      { path: 'items[0]', type: 'object', sample: null },
      { path: 'items[0]["unit.price"]', type: 'number', sample: 3 },
    ]);
  });

  it('start with an index in an array', () => {
    expect(discoverFields([{ name: 'Ada' }])).toEqual([
      { path: '[0]', type: 'object', sample: null },
      { path: '[0].name', type: 'string', sample: 'Ada' },
    ]);
  });

  it.each([null, 'text', 12, true, {}, []])('are none for %j', (body) => {
    expect(discoverFields(body)).toEqual([]);
  });

  it('are what selectFields finds there', () => {
    for (const { path, type, sample } of discoverFields(RESPONSE)) {
      if (sample === null) continue;
      expect(JSON.stringify(selectFields(RESPONSE, [{ path, type }]))).toContain(JSON.stringify(sample));
    }
  });

  it('are at most 500, upper levels first, and samples are cut', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, index]));
    const fields = discoverFields({ many, last: 'x'.repeat(1_000) });
    expect(fields).toHaveLength(500);
    expect(fields.slice(0, 3).map(({ path }) => path)).toEqual(['many', 'last', 'many.f0']);
    expect(fields[1]!.sample).toBe('x'.repeat(100));
  });

  it('leave out what a path cannot name', () => {
    const body = readJson(
      `{"__proto__":{"a":1},"${'k'.repeat(600)}":1,"n":7615917337495251231,"a":${'['.repeat(50)}${']'.repeat(50)}}`,
    );
    const fields = discoverFields(body);
    expect(fields.map(({ path }) => path).slice(0, 3)).toEqual(['n', 'a', 'a[0]']);
    expect(fields).toHaveLength(1 + 32);
    expect(fields[0]).toEqual({ path: 'n', type: 'number', sample: readJson('7615917337495251231') });
  });
});
