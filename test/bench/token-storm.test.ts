import { untilHeld } from '../../bench/support/drill';
import { openEndpoint } from '../../bench/support/endpoint';
import { openLane } from '../../bench/support/lane';
import { openTokenEndpoint } from '../../bench/support/token-endpoint';
import { createWorld } from '../support/world';
import { GUARD_MS } from './guard';

const ENTRIES = 20;

it(
  'requests one token when two workers get a 401 at once (B066)',
  async () => {
    const world = await createWorld();
    const tokens = await openTokenEndpoint();
    const endpoint = await openEndpoint((_sighting, { headers }) =>
      headers.authorization === 'Bearer token-1' ? { status: 401, held: true } : { status: 200 },
    );
    const lane = await openLane(world, 2);
    const authentication = {
      type: 'oauth2',
      clientId: 'bench',
      clientSecret: 'secret',
      tokenUrl: tokens.url,
    };
    const webhookId = await world.webhook({ endpoint: endpoint.url, authentication });
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);

    const entries = await Promise.all(Array.from({ length: ENTRIES }, () => lane.enter(journeyId)));
    await untilHeld(endpoint.held, ENTRIES);
    endpoint.release();
    // A worker that still caches the stale token may send it once more; it is refused at once.
    endpoint.answerBy((_sighting, { headers }) => ({
      status: headers.authorization === 'Bearer token-1' ? 401 : 200,
    }));
    await Promise.all(entries.map((id) => lane.ended(id)));

    const passages = await Promise.all(entries.map((id) => world.passage(id)));
    expect(passages.map(({ entry }) => entry.status)).toEqual(Array(ENTRIES).fill('completed'));
    expect(tokens.requests()).toBe(2); // The stale one, and the one that replaced it.

    await lane.close();
    await Promise.all([world.close(), endpoint.close()]);
    tokens.close();
  },
  GUARD_MS,
);
