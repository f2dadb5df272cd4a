import { acceptStatements, type Measure, openMeasure, trackStatements } from '../../bench/counts';
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
  ] as const)(
    '%s has not grown, in history events and in round trips',
    async (_what, tiles, replies, cost) => {
      expect(await measure([...tiles], [...replies])).toEqual(cost);
    },
  );

  it('of a hand-off and a webhook has not grown, in history events', async () => {
    expect((await measure(['sendToJourney', 'webhook'])).events).toBe(12);
  });

  it('is one database round trip when it is accepted', async () => {
    expect(await acceptStatements()).toBe(1);
  });
});

describe('the cost of an event', () => {
  it('is one round trip, whether journeys wait for it or not, and eight where they have limits', async () => {
    expect(await trackStatements()).toEqual({ nothing: 1, journeys: 1, conditions: 8 });
  });
});
