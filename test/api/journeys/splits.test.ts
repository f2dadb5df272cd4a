import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

const PRO = { field: 'profile.plan', is: 'equals', value: 'pro' };
const OUT = { id: 'out', type: 'exit' };

const create = (...tiles: object[]) => world.call('POST', '/api/journeys', { name: 'Splits', tiles });
const branches = (...names: (string | undefined)[]) =>
  names.map((name) => ({ name, when: PRO, next: 'exit' }));

describe('a split', () => {
  it.each<[string, object]>([
    ['yesNoSplit', { when: PRO, yes: 'exit' }],
    ['yesNoSplit', { when: PRO, yes: 'out', no: 'exit' }],
    ['attributeSplit', { branches: branches('Pro', undefined, 'constructor') }],
    ['attributeSplit', { branches: [{ when: PRO }], otherwise: 'exit' }],
  ])('is saved as %s %j', async (type, tile) => {
    const { status, body } = await create({ id: 'constructor', type, ...tile }, OUT);
    expect([status, body.code]).toEqual([201, undefined]);
    expect(body.tiles[0]).toEqual({ id: 'constructor', type, ...JSON.parse(JSON.stringify(tile)) });
  });

  it.each<[string, object, string]>([
    ['without a condition', { type: 'yesNoSplit', yes: 'exit' }, 'tiles[0].when'],
    ['whose ways both lead to the tile that follows', { type: 'yesNoSplit', when: PRO }, 'tiles[0]'],
    [
      'whose ways all lead to the end',
      { type: 'attributeSplit', branches: branches('a', 'b'), otherwise: 'exit' },
      'tiles[0]',
    ],
    ['that leads nowhere', { type: 'yesNoSplit', when: PRO, yes: 'gone' }, 'tiles[0].yes'],
    [
      'a branch of which leads nowhere',
      { type: 'attributeSplit', branches: [{ when: PRO, next: 'gone' }] },
      'tiles[0].branches[0].next',
    ],
    ['without a branch', { type: 'attributeSplit', branches: [] }, 'tiles[0].branches'],
    [
      'with eleven branches',
      { type: 'attributeSplit', branches: branches(...'abcdefghijk') },
      'tiles[0].branches',
    ],
    [
      'with two branches of one name',
      { type: 'attributeSplit', branches: branches('a', 'b', 'a') },
      'tiles[0].branches[2].name',
    ],
    [
      'with a branch named like the position of another',
      { type: 'attributeSplit', branches: branches('2', undefined) },
      'tiles[0].branches[1].name',
    ],
    [
      'with a branch named otherwise',
      { type: 'attributeSplit', branches: branches('otherwise') },
      'tiles[0].branches[0].name',
    ],
    [
      'with a branch named __proto__',
      { type: 'attributeSplit', branches: branches('__proto__') },
      'tiles[0].branches[0].name',
    ],
    [
      'with a field that it has not',
      { type: 'yesNoSplit', when: PRO, yes: 'exit', next: 'out' },
      'tiles[0].next',
    ],
  ])('is refused %s, by the path of the field', async (_what, tile, path) => {
    const { status, body } = await create({ id: 'split', ...tile }, OUT);
    expect([status, body.code]).toEqual([400, 'BadParams']);
    expect(Object.keys(body.params as object)).toEqual([path]);
  });

  it('does not make a cycle wait', async () => {
    const { status, body } = await create({
      id: 'split',
      type: 'yesNoSplit',
      when: PRO,
      yes: 'exit',
      no: 'split',
    });
    expect([status, body.params['tiles[0]']]).toEqual([400, expect.stringContaining('without a wait')]);
  });
});

it('an exit has a reason of one line', async () => {
  const saved = await create({ ...OUT, reason: ' bought ' });
  expect(saved.body.tiles).toEqual([{ ...OUT, reason: 'bought' }]);
  const refused = await create({ ...OUT, reason: 'a\nb' });
  expect(Object.keys(refused.body.params as object)).toEqual(['tiles[0].reason']);
});
