import {
  acceptStatements,
  type Measure,
  OPEN_WINDOW,
  openMeasure,
  trackStatements,
} from '../../bench/counts';
import { GUARD_MS } from './guard';

/* The cost of an entry. A figure here may grow only with a reason in the change that makes it grow. */

let measure: Measure;
let close: () => Promise<void>;

jest.setTimeout(GUARD_MS);

beforeAll(async () => {
  ({ measure, close } = await openMeasure());
});
afterAll(() => close());

describe('the cost of an entry', () => {
  it.each([
    ['of one webhook', ['webhook'], [], { events: 11, statements: 5 }],
    ['of two webhooks', ['webhook', 'webhook'], [], { events: 17, statements: 8 }],
    ['of five webhooks', Array(5).fill('webhook'), [], { events: 35, statements: 17 }],
    ['of two webhooks and two retries', ['webhook', 'webhook'], [503, 503], { events: 17, statements: 14 }],
    ['of a delay and a webhook', ['delay', 'webhook'], [], { events: 18, statements: 6 }],
    ['of a split and a webhook', ['yesNoSplit', 'webhook'], [], { events: 12, statements: 7 }],
  ] as const)(
    '%s has not grown, in history events and in round trips',
    async (_what, tiles, replies, cost) => {
      expect(await measure([...tiles], [...replies])).toEqual(cost);
    },
  );

  it('of a webhook is the same within a send window', async () => {
    expect(await measure(['webhook'], [], OPEN_WINDOW)).toEqual({ events: 11, statements: 5 });
  });

  it('of splits and an update of the profile is one history event, however many there are', async () => {
    expect((await measure(['yesNoSplit', 'abSplit', 'updateProfile', 'webhook'])).events).toBe(12);
  });

  it('of a hand-off and a webhook has not grown, in history events', async () => {
    expect((await measure(['sendToJourney', 'webhook'])).events).toBe(12);
  });

  it('of a wait is eight history events, or one if it is over on arrival', async () => {
    expect((await measure(['waitFor', 'webhook'])).events).toBe(19);
    expect((await measure(['over', 'webhook'])).events).toBe(12);
  });

  it('is one database round trip when it is accepted', async () => {
    expect(await acceptStatements()).toBe(1);
  });
});

describe('the cost of an event', () => {
  it('is one round trip, whatever it starts, and two where a condition reads the profile', async () => {
    expect(await trackStatements()).toEqual({ nothing: 1, journeys: 1, conditions: 1, profile: 2 });
  });
});
