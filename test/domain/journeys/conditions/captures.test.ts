import { captureFaults } from '../../../../src/domain/journeys/conditions/captures';
import { JourneyDefinition } from '../../../../src/domain/journeys/journey';
import type { LiveDataField } from '../../../../src/domain/webhooks/live-data';

const RETRIEVED: Record<number, LiveDataField[]> = {
  3: [
    { path: 'value', type: 'number' },
    { path: 'order.items[0].sku', type: 'string' },
  ],
  4: [{ path: 'city', type: 'string' }],
};

const score = { id: 'score', type: 'liveData', webhookId: 3, name: 'score' };
const place = { id: 'place', type: 'liveData', webhookId: 4, name: 'place' };
/** A tile with this condition. */
const judge = (when: object) => ({ id: 'judge', type: 'waitFor', for: [{ when }], timeout: '1 day' });
const judged = (field: string) => judge({ field, is: 'isSet' });
const wait = (next?: string) => ({ id: 'wait', type: 'delay', for: '1 day', next });
const end = { id: 'end', type: 'exit' };

function faultsOf(tiles: object[]): Record<string, string> {
  const journey = JourneyDefinition.parse({ name: 'Captures', tiles });
  const faults = captureFaults(journey, (id) => RETRIEVED[id]);
  return Object.fromEntries(faults.map(({ path, message }) => [path.join('.'), message]));
}

describe('a condition on live data can be published', () => {
  it.each<[string, object[]]>([
    ['of a tile before it', [score, judged('liveData.score.value'), end]],
    ['without the tile’s name', [score, judged('liveData.value'), end]],
    ['of a part of what is captured', [score, judged('liveData.score.order.items'), end]],
    ['of an item that is captured', [score, judged('liveData.score.order.items[0].sku'), end]],
    ['of a part of the item', [score, judged('liveData.score.order.items[0].sku.length'), end]],
    ['of the tile as a whole', [score, judged('liveData.score'), end]],
    ['of one tile of two', [score, place, judged('liveData.score.value'), end]],
    ['of the latest tile, which may be either', [score, place, judged('liveData.value'), end]],
    ['of a tile farther before it', [score, wait(), judged('liveData.score.value'), end]],
    ['of a tile behind it that leads back', [judged('liveData.score.value'), score, wait('judge'), end]],
    [
      'of a tile whose failure leads to it',
      [{ ...score, onFailure: 'judge', next: 'exit' }, judged('liveData.value'), end],
    ],
    ['of a webhook that is unknown', [{ ...score, webhookId: 9 }, judged('liveData.score.anything'), end]],
  ])('%s', (_, tiles) => {
    expect(faultsOf(tiles)).toEqual({});
  });
});

describe('a condition on live data is refused, with what would fix it', () => {
  const NONE = 'No tile before it captures “liveData.score.value”. Put a liveData tile before it.';
  it.each<[string, object[], string, string]>([
    ['before the tile', [judged('liveData.score.value'), score, end], 'tiles.0.for.0.when.field', NONE],
    [
      'after a tile that no way leads from',
      [{ ...score, next: 'exit' }, judged('liveData.score.value'), end],
      'tiles.1.for.0.when.field',
      NONE,
    ],
    [
      'of a field that is not captured',
      [score, judged('liveData.score.city'), end],
      'tiles.1.for.0.when.field',
      'No tile before it captures “liveData.score.city”. “score” captures value, order.items[0].sku.',
    ],
    [
      'of a tile of another name',
      [score, place, judged('liveData.scores.value'), end],
      'tiles.2.for.0.when.field',
      'No tile before it captures “liveData.scores.value”. “score”, “place” capture value, order.items[0].sku, city.',
    ],
    [
      'in the value of a comparison',
      [judge({ not: { field: 'profile.a', is: 'equals', value: { field: 'liveData.score.value' } } }), end],
      'tiles.0.for.0.when.not.value.field',
      NONE,
    ],
    [
      'in a match on past events',
      [judge({ event: 'paid', match: { 'event.id': 'liveData.score.value' } }), end],
      'tiles.0.for.0.when.match.event.id',
      NONE,
    ],
    [
      'in a condition on past events',
      [judge({ event: 'paid', where: { field: 'liveData.score.value', is: 'isSet' } }), end],
      'tiles.0.for.0.when.where.field',
      NONE,
    ],
    [
      'in the field of a delay',
      [{ id: 'until', type: 'delay', until: { field: 'liveData.score.value' } }, score, end],
      'tiles.0.until.field',
      NONE,
    ],
  ])('%s', (_, tiles, path, message) => {
    expect(faultsOf(tiles)).toEqual({ [path]: message });
  });
});

const calling = { id: 'ask', type: 'webhook', webhookId: 1, callback: { timeout: '1 day' } };

it('a condition on what an endpoint sent back can be published behind its tile', () => {
  expect(faultsOf([calling, judged('callbacks.ask.approved'), end])).toEqual({});
});

it.each<[string, object[]]>([
  ['before the tile', [judged('callbacks.ask.approved'), calling, end]],
  [
    'behind a tile without a callback',
    [{ ...calling, callback: undefined }, judged('callbacks.ask.approved'), end],
  ],
])('a condition on what an endpoint sent back is refused %s', (_, tiles) => {
  const [[path, message]] = Object.entries(faultsOf(tiles)) as [[string, string]];
  expect([path.endsWith('for.0.when.field'), message]).toEqual([
    true,
    'No webhook tile “ask” with a callback comes before it. Name such a tile.',
  ]);
});

it('fields of past events are no live data, whatever they are called', () => {
  const when = { event: 'paid', where: { field: 'event.liveData', is: 'isSet' } };
  expect(faultsOf([judge(when), end])).toEqual({});
});
