import { measure } from '../../bench/rate-limit';
import { openLane } from '../../bench/support/lane';
import { createWorld } from '../support/world';
import { GUARD_MS } from './guard';

/** On a busy machine everything may be slower, so only the upper bounds count. */
const UPPER_BOUNDS = ['users who passed', 'requests ahead'];

it(
  'two workers together send no more than the limits of their tiles (B115, B118)',
  async () => {
    const world = await createWorld({ skipTime: false });
    const lane = await openLane(world, 2);
    try {
      const rows = await measure(
        {
          publish: async (endpoint, tile) =>
            world.journey([
              { id: 'call', type: 'webhook', webhookId: await world.webhook({ endpoint }), ...tile },
            ]),
          trigger: (journeyId, users) =>
            Promise.all(Array.from({ length: users }, () => lane.enter(journeyId))),
        },
        30,
      );
      const bounds = rows.filter(({ what }) => UPPER_BOUNDS.some((bound) => what.startsWith(bound)));
      expect(bounds.map(({ what, reached }) => [what, reached])).toEqual([
        ['users who passed the tile of 10 a second', true],
        ['requests ahead of 10 a second', true],
        ['requests ahead of 6 a minute', true],
      ]);
    } finally {
      await lane.close();
      await world.close();
    }
  },
  GUARD_MS,
);
