import { isOneIn, maybe, oneOf, several } from './draw';
import { drawArm, drawCondition, EVENTS, PLANS } from './drawn-conditions';
import { drawUntil, drawWindow } from './drawn-timing';
import { differentWays, type Fields, type Place, roundWay, type SavedWebhook, way, written } from './place';

/* Tiles of each type. */

/** Tiles are called so, in their order. */
export const IDS = ['a', 'b', 'c', 'constructor', 'd', 'e', 'f'];

const REQUEST_BODY = JSON.stringify({
  plan: '{{profile.plan}}',
  rounds: '{{profile.rounds}}',
  cart: '{{dataFields.cartId}}',
  value: '{{liveData.value}}',
  came: IDS.map((id) => `{{events.${id}._arm}}{{events.${id}.cartId}}`).join(','),
  said: IDS.map((id) => `{{callbacks.${id}.said}}`).join(','),
});

export const TYPES = {
  webhook(place: Place): Fields {
    const { draw, world } = place;
    const method = oneOf(draw, ['POST', 'PUT', 'PATCH', 'DELETE', 'GET']);
    const callback = maybe(draw, 3, () => ({ callback: drawCallback(place) }));
    const parameters = maybe(draw, 3, () => ({
      parameters: { plan: '{{plan}}', cart: '{{dataFields.cartId}} &' },
    }));
    const saved: SavedWebhook = {
      method,
      ...(method !== 'GET' && {
        body: REQUEST_BODY,
        userFields: ['plan', 'rounds'],
      }),
      ...('callback' in callback && { signing: { enabled: true } }),
      ...(world.leftOut && maybe(draw, 2, () => ({ authentication: tokenFrom(world.leftOut!) }))),
    };
    return { saved, ...parameters, ...callback, ...drawLimit(place), ...drawRequest(place) };
  },
  inline(place: Place): Fields {
    const { draw, world, index, ids } = place;
    const webhook = {
      method: oneOf(draw, ['POST', 'PUT', 'DELETE']),
      url: world.urlOf(ids[index]!),
      profileFields: ['profileId', 'email', 'plan', 'rounds'],
      includeTrigger: isOneIn(draw, 2),
      // Without it, the body says when it was rendered.
      payload: {
        timestamp: 'any',
        came: '{{events.a}}',
        rounds: '{{profile.rounds}}',
      },
    };
    return { type: 'webhook', webhook, ...drawLimit(place), ...drawRequest(place) };
  },
  liveData(place: Place): Fields {
    const { index } = place;
    const liveDataFields = [{ path: 'value', type: 'number' }];
    return {
      saved: { method: 'GET', dataRetrieval: true, liveDataFields },
      name: `live${index}`,
      ...drawLimit(place),
      ...drawRequest(place),
    };
  },
  userProfile(place: Place): Fields {
    const { world, index, ids } = place;
    return { url: world.urlOf(ids[index]!), ...drawRequest(place) };
  },
  delay(place: Place): Fields {
    // No round takes a whole number of days or hours: nothing comes at the very moment that a window opens.
    return {
      for: oneOf(place.draw, ['PT7H9M', 'PT23H51M', 'P6DT12M']),
      ...written('next', roundWay(place)),
    };
  },
  until(place: Place): Fields {
    return {
      type: 'delay',
      ...drawUntil(place),
      ...written('next', way(place)),
    };
  },
  waitFor(place: Place): Fields {
    const { draw, world } = place;
    const back = world.withRounds ? roundWay : way;
    return {
      for: several(draw, 1, 3, () => ({
        ...drawArm(place),
        ...written('next', way(place)),
      })),
      timeout: oneOf(draw, ['PT6H3M', 'P3DT27M']),
      ...written('onTimeout', back(place)),
      ...maybe(draw, 3, () => ({ since: oneOf(draw, ['arrival', 'entry']) })),
    };
  },
  updateProfile(place: Place): Fields {
    const { draw } = place;
    // The last is a text where the profile has numbers.
    const rounds = oneOf(draw, ['{{math rounds "+" 1}}', '{{math profile.rounds "+" 10}}', 'many']);
    return {
      fields: {
        rounds,
        ...maybe(draw, 2, () => ({
          plan: oneOf(draw, [...PLANS, '{{dataFields.plan}}']),
        })),
      },
      ...failing(place),
    };
  },
  updateList(place: Place): Fields {
    const { draw, world } = place;
    const action = oneOf(draw, ['subscribe', 'unsubscribe']);
    return { listId: world.listId, action, ...written('next', way(place)) };
  },
  trackEvent(place: Place): Fields {
    const { draw } = place;
    return {
      eventName: oneOf(draw, EVENTS),
      ...maybe(draw, 2, () => ({
        dataFields: { cartId: oneOf(draw, ['{{dataFields.cartId}}', 'other']) },
      })),
      ...failing(place),
    };
  },
  sendToJourney(place: Place): Fields {
    return {
      journeyId: place.world.otherJourneyId,
      ...written('next', way(place)),
    };
  },
  exit({ draw }: Place): Fields {
    return maybe(draw, 2, () => ({ reason: 'done here' }));
  },
  yesNoSplit(place: Place): Fields {
    const [yes, no] = differentWays(place);
    return {
      when: drawCondition(place),
      ...written('yes', yes),
      ...written('no', no),
    };
  },
  attributeSplit(place: Place): Fields {
    const [first, other] = differentWays(place);
    const branches = [first, ...several(place.draw, 0, 1, () => way(place))].map((next, index) => ({
      ...maybe(place.draw, 2, () => ({ name: `branch ${index}` })),
      when: drawCondition(place),
      ...written('next', next),
    }));
    return { branches, ...written('otherwise', other) };
  },
  abSplit(place: Place): Fields {
    const [first, second] = differentWays(place);
    const weight = oneOf(place.draw, [50, 0, 90]);
    return {
      branches: [
        { name: 'A', weight, ...written('next', first) },
        { name: 'B', weight: 100 - weight, ...written('next', second) },
      ],
      ...maybe(place.draw, 3, () => ({ key: 'shared' })),
    };
  },
} satisfies Record<string, (place: Place) => Fields>;

export type Type = keyof typeof TYPES;
export const SPLITS: Type[] = ['yesNoSplit', 'attributeSplit', 'abSplit'];
/** Most of what can go wrong has to do with these. */
const OFTEN: Type[] = ['webhook', 'waitFor', 'waitFor', 'delay'];
export const OTHERS = [...(Object.keys(TYPES) as Type[]).filter((type) => !SPLITS.includes(type)), ...OFTEN];

function tokenFrom({ tokenUrl }: { tokenUrl: string }): object {
  return { type: 'oauth2', clientId: 'client', clientSecret: 'secret', tokenUrl };
}

function drawLimit({ draw, world }: Place): Fields {
  return world.leftOut ? maybe(draw, 4, () => ({ rateLimit: { limit: 20, per: 'second' } })) : {};
}

/** The ways of a tile that calls an endpoint, and its window. */
function drawRequest(place: Place): Fields {
  const { draw, world } = place;
  return {
    ...maybe(draw, 4, () => ({
      sendWindow: isOneIn(draw, 4) ? null : drawWindow(draw, world),
    })),
    ...failing(place),
  };
}

function failing(place: Place): Fields {
  return {
    ...(isOneIn(place.draw, 2) ? written('onFailure', way(place) ?? 'exit') : {}),
    ...written('next', way(place)),
  };
}

function drawCallback(place: Place): Fields {
  return {
    timeout: oneOf(place.draw, ['PT2H', 'P2D']),
    ...written('onSuccess', way(place)),
    ...written('onFailure', way(place)),
    ...written('onTimeout', way(place)),
  };
}
