import * as fc from 'fast-check';

interface Tile {
  id: string;
  type: string;
}
type Tiles = readonly Tile[];
type TileType = 'delay' | 'webhook' | 'yesNoSplit' | 'abSplit' | 'waitFor' | 'exit';
interface Way {
  from: string;
  path: string;
}

/** Written for a bundler: imports without extensions, which the types of Node refuse. */
const { addOnWay, connect, move, remove, replace } = jest.requireActual<{
  addOnWay: (tiles: Tiles, at: Way, tile: Tile) => Tiles;
  connect: (tiles: Tiles, at: Way, to: string | null) => Tiles;
  move: (tiles: Tiles, id: string, at: Way) => Tiles;
  remove: (tiles: Tiles, id: string) => Tiles;
  replace: (tiles: Tiles, id: string, tile: Tile) => Tiles;
}>('../../../console/src/pages/journeys/draft/edits');
const { newTile } = jest.requireActual<{ newTile: (type: TileType, tiles: Tiles) => Tile }>(
  '../../../console/src/pages/journeys/draft/new-tiles',
);
const { ENTRY, waysOf } = jest.requireActual<{
  ENTRY: string;
  waysOf: (tiles: Tiles) => (Way & { to: string | null; isFixed?: boolean })[];
}>('../../../console/src/pages/journeys/draft/ways');

const delay = (id: string, next?: string): Tile => ({
  ...{ id, type: 'delay', for: '1 day' },
  ...(next !== undefined && { next }),
});
const split = (id: string, yes?: string, no?: string): Tile => ({
  ...{ id, type: 'yesNoSplit', when: { field: 'profile.plan', is: 'isSet' } },
  ...(yes !== undefined && { yes }),
  ...(no !== undefined && { no }),
});

/** Where every way leads. */
const leads = (tiles: readonly Tile[]) =>
  Object.fromEntries(waysOf(tiles).map(({ from, path, to }) => [`${from} ${path}`, to]));

describe('edits of tiles', () => {
  it('put a new tile on a way, and leave all others as they are', () => {
    const tiles = [split('vip', 'gift', 'gift'), delay('gift')];
    expect(addOnWay(tiles, { from: 'vip', path: 'no' }, delay('wait'))).toEqual([
      split('vip', 'gift'),
      delay('wait'),
      delay('gift'),
    ]);
  });

  it('write a way that was left out, where the order changes what follows', () => {
    const tiles = [split('vip'), delay('gift')];
    const after = addOnWay(tiles, { from: 'vip', path: 'yes' }, delay('wait'));
    expect(after[0]).toEqual(split('vip', undefined, 'gift'));
    expect(leads(after)).toMatchObject({ 'vip yes': 'wait', 'vip no': 'gift', 'wait next': 'gift' });
  });

  it('put a tile first, where users enter', () => {
    const after = addOnWay([delay('gift')], { from: ENTRY, path: '' }, delay('wait'));
    expect(after.map(({ id }) => id)).toEqual(['wait', 'gift']);
  });

  it('remove a tile and join what was before it to what followed', () => {
    const tiles = [delay('a', 'c'), delay('b', 'exit'), delay('c', 'b')];
    const after = remove(tiles, 'c');
    expect(leads(after)).toEqual({ '@entry ': 'a', 'a next': 'b', 'b next': null });
    expect(leads(remove(tiles, 'a'))).toMatchObject({ '@entry ': 'c', 'c next': 'b' });
  });

  it('move a tile, connect a way, and rename a tile with the ways to it', () => {
    const tiles = [delay('a'), delay('b'), delay('c')];
    expect(leads(move(tiles, 'a', { from: 'b', path: 'next' }))).toEqual({
      ...{ '@entry ': 'b', 'b next': 'a', 'a next': 'c', 'c next': null },
    });
    expect(leads(connect(tiles, { from: 'a', path: 'next' }, null))['a next']).toBeNull();
    const renamed = replace([split('vip', 'gift', 'exit'), delay('gift')], 'gift', delay('present'));
    expect(leads(renamed)).toMatchObject({ 'vip yes': 'present', 'vip no': null });
  });

  it('never change a way that they are not about, whatever the journey', () => {
    const types: TileType[] = ['delay', 'webhook', 'yesNoSplit', 'abSplit', 'waitFor', 'exit'];
    const journey = fc
      .array(fc.tuple(fc.constantFrom(...types), fc.nat(7), fc.boolean()), { minLength: 1, maxLength: 8 })
      .map((drawn) => {
        const tiles = drawn.reduce<Tile[]>((before, [type]) => [...before, newTile(type, before)], []);
        return drawn.reduce<readonly Tile[]>((before, [, target, isWritten], index) => {
          const way = waysOf(before).find(({ from, isFixed }) => from === tiles[index]!.id && !isFixed);
          return way && isWritten ? connect(before, way, tiles[target % tiles.length]!.id) : before;
        }, tiles);
      });
    fc.assert(
      fc.property(journey, fc.nat(), fc.constantFrom(...types), (tiles, at, type) => {
        const ways = waysOf(tiles).filter(({ isFixed }) => !isFixed);
        const way = ways[at % ways.length]!;
        const tile = newTile(type, tiles);
        const after = leads(addOnWay(tiles, way, tile));
        const { [`${way.from} ${way.path}`]: led, ...others } = leads(tiles);
        expect(after).toMatchObject({ ...others, [`${way.from} ${way.path}`]: tile.id });
        if (type === 'delay') expect(after[`${tile.id} next`]).toBe(led);
        expect(leads(remove(addOnWay(tiles, way, tile), tile.id))).toMatchObject(
          type === 'exit' ? others : leads(tiles),
        );
      }),
    );
  });
});
