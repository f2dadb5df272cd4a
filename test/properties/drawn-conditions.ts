import { type Draw, isOneIn, maybe, oneOf } from './draw';
import type { Fields, Place, Surroundings } from './place';

/** What users do. Those who come round in a journey leave by the last. */
export const EVENTS = ['bought', 'visited'];
export const STOP = 'stop';

export const PLANS = ['free', 'pro'];

export function drawArm(place: Place): Fields {
  const { draw } = place;
  if (isOneIn(draw, 3)) return { when: drawCondition(place) };
  return {
    event: oneOf(draw, EVENTS),
    ...maybe(draw, 4, () => ({ match: MATCH })),
    ...maybe(draw, 4, () => ({
      where: { field: 'event.cartId', is: 'isSet' },
    })),
  };
}

const MATCH = { 'event.cartId': 'trigger.cartId' };

export function drawExitRule(draw: Draw, world: Surroundings): Fields {
  const kind = oneOf(draw, ['event', 'when', 'list']);
  if (kind === 'when')
    return {
      when: { field: 'profile.rounds', is: 'greaterOrEqual', value: 2 },
    };
  if (kind === 'list') return { listId: world.listId, name: 'on the list' };
  return {
    event: oneOf(draw, EVENTS),
    ...maybe(draw, 2, () => ({ match: MATCH })),
  };
}

/** What is asked of users: of what a tile captured only right after it, where it is captured for sure. */
export function drawCondition({ draw, world, before }: Place): Fields {
  const conditions = [
    () => ({ field: 'profile.plan', is: 'equals', value: oneOf(draw, PLANS) }),
    () => ({
      field: 'profile.rounds',
      is: 'greaterOrEqual',
      value: oneOf(draw, [1, 2]),
    }),
    () => ({ field: 'trigger.cartId', is: oneOf(draw, ['isSet', 'isNotSet']) }),
    () => ({ list: world.listId, is: oneOf(draw, ['member', 'notMember']) }),
    () => ({
      event: oneOf(draw, EVENTS),
      ...maybe(draw, 2, () => ({ times: { is: 'greaterOrEqual', value: 2 } })),
      ...maybe(draw, 3, () => ({ match: MATCH })),
    }),
  ];
  if (before?.type === 'liveData')
    conditions.push(
      () =>
        ({
          field: `liveData.${String(before.name)}.value`,
          is: 'greaterThan',
          value: 5,
        }) as never,
    );
  if (before?.type === 'waitFor')
    conditions.push(
      () =>
        ({
          field: `events.${before.id}._arm`,
          is: 'equals',
          value: 1,
        }) as never,
    );
  const leaf = () => oneOf<() => Fields>(draw, conditions)();
  if (isOneIn(draw, 4)) return { not: leaf() };
  if (isOneIn(draw, 4)) return { [oneOf(draw, ['all', 'any'])]: [leaf(), leaf()] };
  return leaf();
}
