import { type ApiWorld, createApiWorld } from '../support/api-world';
import { slowness } from '../support/cpu';
import { turnsOf } from '../support/importing';
import { watchPauses } from '../support/longest-pause';
import { HOSTILE_REQUESTS } from './hostile-requests';

let world: ApiWorld;

beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

/** Each page of a file is like the others. */
const MOST_PAGES = 10;

const longestPause = watchPauses();

/* The benchmark `freeze` holds each to the 250 ms that are allowed; here it is told from one without a bound. */
test.each(HOSTILE_REQUESTS.filter(({ claim }) => !claim.startsWith('preview: ')))(
  'others get a turn beside $claim',
  async ({ path, type, body }) => {
    const content = body(0);
    longestPause();
    const { status } = await world.call('POST', path, content, { 'content-type': type! });
    expect(status).toBeLessThan(500);
    if (status === 202) {
      const takeTurn = turnsOf(world);
      for (let page = 0; page < MOST_PAGES && (await takeTurn()) === 0; page += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    expect(longestPause()).toBeLessThan(750 * slowness());
  },
  60_000,
);
