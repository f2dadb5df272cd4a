import { isJsonContainer } from '../../domain/lossless-json';
import { unusable, type Block, type Compare, type Helper } from './helper';
import { isFalsy, isNothing, memberOf, order, textOf } from '../values';

/** Sorting more items than this would take too long. */
const MAX_ITEMS = 10_000;

function each([items]: unknown[], block: Block): string {
  if (Array.isArray(items)) return eachOf(items.length, (index) => [index, items[index]], block);
  if (!isJsonContainer(items)) return block.otherwise();
  const members = items as Record<string, unknown>;
  const names = Object.keys(members);
  return eachOf(names.length, (index) => [names[index], members[names[index]!]], block);
}

/** Reads one item at a time: copying a long list could take longer than the time limit of a rendering. */
function eachOf(count: number, at: (index: number) => [key: unknown, item: unknown], block: Block): string {
  if (count === 0) return block.otherwise();
  let text = '';
  for (let index = 0; index < count; index += 1) {
    const [key, item] = at(index);
    text += block.main(item, { index, key, first: index === 0, last: index === count - 1 }, [item, key]);
  }
  return text;
}

/** `#with` enters the block for 0, as Handlebars does. */
function enter([value]: unknown[], block: Block): string {
  return isFalsy(value) && value !== 0 ? block.otherwise() : block.main(value, undefined, [value]);
}

/** Items without the field come last in either order. */
function sorted([items, field]: unknown[], compare: Compare, down: boolean): unknown[] {
  const fieldOf = reader(field);
  const known = listOf('sortBy', items).map((item) => ({ item, by: fieldOf(item) }));
  const [there, missing] = [
    known.filter(({ by }) => !isNothing(by)),
    known.filter(({ by }) => isNothing(by)),
  ];
  const direction = down ? -1 : 1;
  there.sort((one, other) => {
    compare();
    return direction * order(one.by, other.by);
  });
  return [...there, ...missing].map(({ item }) => item);
}

/** Groups in order of first appearance; items without the field are in no group. */
function grouped([items, field]: unknown[]): [string, unknown[]][] {
  const groups = new Map<string, unknown[]>();
  const fieldOf = reader(field);
  for (const item of listOf('groupBy', items)) {
    const by = fieldOf(item);
    if (isNothing(by)) continue;
    const name = textOf(by);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups];
}

function listOf(name: string, items: unknown): unknown[] {
  if (!Array.isArray(items)) return [];
  if (items.length <= MAX_ITEMS) return items;
  return unusable(name, `it accepts lists of at most ${MAX_ITEMS} items.`);
}

/** Reads a field of an item, which may be nested as `a.b`; without a field, the item itself. */
function reader(field: unknown): (item: unknown) => unknown {
  if (isNothing(field)) return (item) => item;
  const steps = textOf(field).split('.', 32);
  return (item) => steps.reduce<unknown>((found, step) => memberOf(found, step), item);
}

/** Finds the item with the smallest or greatest value: inline it is written, as a block it is the block's context. */
function extreme(name: string, down: boolean): Helper {
  const direction = down ? -1 : 1;
  const find = ([items, field]: unknown[], compare: Compare) => {
    const fieldOf = reader(field);
    let best: { item: unknown; by: unknown } | undefined;
    for (const item of listOf(name, items)) {
      const by = fieldOf(item);
      if (isNothing(by)) continue;
      compare();
      if (best === undefined || direction * order(by, best.by) < 0) best = { item, by };
    }
    return best?.item;
  };
  return {
    takes: [1, 2],
    value: (values, { compare }) => find(values, compare),
    block: (values, block) => {
      const item = find(values, block.compare);
      return isNothing(item) ? block.otherwise() : block.main(item, undefined, [item]);
    },
    blockParams: 1,
  };
}

function orderFault(given: unknown): string | undefined {
  return isNothing(given) || given === 'asc' || given === 'desc'
    ? undefined
    : 'order= must be "asc" or "desc".';
}

function isDown({ order: given }: Record<string, unknown>): boolean {
  const fault = orderFault(given);
  if (fault === undefined) return given === 'desc';
  return unusable('sortBy', fault);
}

export const LISTS: Readonly<Record<string, Helper>> = {
  each: { takes: [1, 1], block: each, blockParams: 2 },
  with: { takes: [1, 1], block: enter, blockParams: 1 },
  lookup: { takes: [2, 2], value: ([value, name]) => memberOf(value, textOf(name)) },
  assign: { takes: [1, 1], block: 'assign' },
  sortBy: {
    takes: [1, 2],
    named: ['order'],
    check: ({ named }) => orderFault(named['order']),
    value: (values, { named, compare }) => sorted(values, compare, isDown(named)),
    block: (values, block, named) => each([sorted(values, block.compare, isDown(named))], block),
    blockParams: 2,
  },
  groupBy: {
    takes: [2, 2],
    block: (values, block) => {
      const groups = grouped(values);
      return eachOf(groups.length, (index) => groups[index]!, block);
    },
    blockParams: 2,
  },
  minInList: extreme('minInList', false),
  maxInList: extreme('maxInList', true),
};
