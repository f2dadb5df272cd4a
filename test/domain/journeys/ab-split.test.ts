import fc from 'fast-check';
import { AbSplitTile, branchAt } from '../../../src/domain/journeys/tiles/ab-split';
import { shareOf } from '../../../src/usecases/journeys/decide/decider';

const split = (...weights: number[]) =>
  AbSplitTile.parse({
    ...{ id: 'split', type: 'abSplit' },
    branches: weights.map((weight, index) => ({ name: String.fromCharCode(97 + index), weight })),
  });

describe('the branch of an A/B split', () => {
  it.each([
    [[50, 50], 0, 'a'],
    [[50, 50], 49, 'a'],
    [[50, 50], 50, 'b'],
    [[50, 50], 99, 'b'],
    [[0, 100], 0, 'b'],
    [[100, 0], 99, 'a'],
    [[40, 40, 20], 76, 'b'],
    [[1, 1, 98], 1, 'b'],
  ])('with the weights %j has the share %i in branch %s', (weights, share, branch) => {
    expect(branchAt(split(...weights), share)).toBe(branch);
  });

  it('follows from the key and the user, as the documentation says', () => {
    expect(shareOf('12345/split', 'usr_1')).toBe(22);
    expect(shareOf('12345/split', 'usr_2')).toBe(76);
    expect(shareOf('winback', 'usr_1')).toBe(71);
  });

  it('takes users by its weight, and other users in another split', () => {
    const shares = (key: string) => Array.from({ length: 10_000 }, (_, id) => shareOf(key, `usr_${id}`));
    const [one, other] = [shares('1/a'), shares('1/b')];
    const count = (holds: (index: number) => boolean) => one.filter((_share, index) => holds(index)).length;
    const below = count((index) => one[index]! < 20);
    expect(below).toBeGreaterThan(1_900);
    expect(below).toBeLessThan(2_100);
    const both = count((index) => one[index]! < 20 && other[index]! < 20);
    expect(both).toBeGreaterThan(330);
    expect(both).toBeLessThan(470);
  });

  it('is one of its branches for every share, whatever the weights', () => {
    const weights = fc
      .array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 9 })
      .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 100])
      .map((cuts) => cuts.slice(1).map((cut, index) => cut - cuts[index]!));
    fc.assert(
      fc.property(weights, fc.nat({ max: 99 }), (parts, share) => {
        const { branches } = split(...parts);
        const found = branches.find(({ name }) => name === branchAt(split(...parts), share))!;
        expect(found.weight).toBeGreaterThan(0);
      }),
    );
  });
});
