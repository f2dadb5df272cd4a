import { planOf } from '../../../src/domain/journeys/plan';
import { rateLimitOf, type RateLimit } from '../../../src/domain/journeys/rate-limit';
import { Tile } from '../../../src/domain/journeys/tiles/tile';

function limitsOf(journeyId: number, tiles: object[]) {
  return Object.values(planOf(journeyId, Tile.array().parse(tiles)).tiles).map((tile) =>
    'limit' in tile ? tile.limit : undefined,
  );
}

const TILE = { type: 'webhook', webhookId: 1 };
const HUNDRED: RateLimit = { limit: 100, per: 'minute' };

describe('the rate limit of a tile', () => {
  test.each<[number, RateLimit['per'], number]>([
    [2, 'hour', 2 / 3_600],
    [100, 'minute', 100 / 60],
    [1_800_000, 'hour', 500],
    [500, 'second', 500],
  ])('of %i a %s becomes a weight that Temporal accepts (B115)', (limit, per, rate) => {
    const { weight } = rateLimitOf(12345, 'crm', { limit, per });
    expect(weight * 0.5).toBeCloseTo(rate, 10);
    expect(weight).toBeGreaterThanOrEqual(0.001);
    expect(weight).toBeLessThanOrEqual(1_000);
  });

  it('is in the plan of a tile that has one, and in no other', () => {
    const tiles = [
      { id: 'fast', ...TILE },
      { id: 'slow', ...TILE, rateLimit: HUNDRED },
      { id: 'score', type: 'liveData', webhookId: 2, name: 'score', rateLimit: HUNDRED },
    ];
    const weight = 100 / 60 / 0.5;
    expect(limitsOf(7, tiles)).toEqual([undefined, { key: '7/slow', weight }, { key: '7/score', weight }]);
  });

  it('has a key of its journey and its tile, whatever the version, the place and the rate (B118)', () => {
    const before = limitsOf(7, [{ id: 'crm', ...TILE, rateLimit: HUNDRED }]);
    const after = limitsOf(7, [
      { id: 'first', ...TILE },
      { id: 'crm', ...TILE, webhookId: 9, rateLimit: { limit: 1, per: 'second' } },
    ]);
    expect(after[1]).toMatchObject({ key: (before[0] as { key: string }).key });
    expect(limitsOf(8, [{ id: 'crm', ...TILE, rateLimit: HUNDRED }])).not.toEqual(before);
  });

  it('has a unique key that Temporal accepts, however long the ids are', () => {
    const ids = ['a', 'b'].flatMap((first) => ['a', 'b'].map((last) => first + 'x'.repeat(62) + last));
    const keys = ids.map((id) => rateLimitOf(2_147_483_647, id, HUNDRED).key);
    expect(new Set(keys).size).toBe(4);
    for (const key of keys) expect(key).toMatch(/^2147483647\/[ab]x+~[0-9a-f]{16}$/);
    expect(keys.map((key) => key.length)).toEqual([64, 64, 64, 64]);
  });
});

test.each([
  [{ limit: 1, per: 'hour' }, 'limit'],
  [{ limit: 501, per: 'second' }, 'limit'],
  [{ limit: 30_001, per: 'minute' }, 'limit'],
  [{ limit: 0, per: 'second' }, 'limit'],
  [{ limit: 1.5, per: 'second' }, 'limit'],
  [{ limit: '10', per: 'second' }, 'limit'],
  [{ limit: 10, per: 'day' }, 'per'],
  [{ limit: 10 }, 'per'],
])('a rate limit of %j is refused at its own field (B115)', (rateLimit, field) => {
  const { error } = Tile.safeParse({ id: 'crm', ...TILE, rateLimit });
  expect(error?.issues.map(({ path }) => path)).toEqual([['rateLimit', field]]);
});
