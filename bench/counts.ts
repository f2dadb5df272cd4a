import { createApiWorld, publishJourney } from '../test/support/api-world';
import { createWorld } from '../test/support/world';
import { type Lane, openLane } from './support/lane';
import { DAYS } from '../src/domain/time/days';
import { countStatements } from './support/statements';
import { type Benchmark, exactly, type Row, reported } from './support/table';

/** The cost of one entry. Statements are counted from acceptance to the end, with warm caches. */
export interface Cost {
  events: number;
  statements: number;
}

/** `waitFor` times out, `over` is a wait that is over on arrival. */
type Kind =
  'webhook' | 'delay' | 'sendToJourney' | 'waitFor' | 'over' | 'yesNoSplit' | 'abSplit' | 'updateProfile';

/** Measures the history events and database round trips of one entry with these tiles, in a journey with these fields. */
export type Measure = (tiles: Kind[], replies?: number[], journey?: object) => Promise<Cost>;

/** A send window that is open all the time, by the clocks of the user. */
export const OPEN_WINDOW = {
  sendWindow: { days: DAYS, from: '00:00', to: '24:00', timeZone: 'user' },
  timeZone: 'Europe/Berlin',
};

/** Everybody goes the first way. */
const BRANCHES = [
  { name: 'all', weight: 100 },
  { name: 'none', weight: 0, next: 'exit' },
];

/** The event that time skipping adds for each skip; without time skipping there is none. */
const TIME_SKIPPED = 60;

/** Opens the tests' engine, with a worker that caches as in production. */
export async function openMeasure(): Promise<{ measure: Measure; close: () => Promise<void> }> {
  const world = await createWorld();
  const statements = countStatements(world.db);
  const measure: Measure = async (tiles, replies = [], journey = {}) => {
    const webhookId = await world.webhook();
    const other = await world.journey([]);
    const details = {
      webhook: { webhookId },
      delay: { for: '1 day' },
      sendToJourney: { journeyId: other },
      waitFor: { for: [{ event: 'never' }], timeout: '1 day' },
      over: { type: 'waitFor', for: [{ when: { field: 'trigger.a', is: 'isNotSet' } }], timeout: '1 day' },
      yesNoSplit: { when: { field: 'profile.email', is: 'isSet' }, no: 'exit' },
      abSplit: { branches: BRANCHES },
      updateProfile: { fields: { plan: 'pro' } },
    };
    const walk = tiles.map((type, index) => ({ id: `tile-${index}`, type, ...details[type] }));
    const journeyId = await world.journey(walk, undefined, journey);
    const lane = await openLane(world);
    try {
      await pass(lane, journeyId);
      world.receiver.respond(...replies, 200);
      const before = statements();
      const { events } = await pass(lane, journeyId);
      return { events, statements: statements() - before };
    } finally {
      await lane.close();
    }
  };
  return { measure, close: world.close };
}

async function pass({ enter, ended, outboxEmptied }: Lane, journeyId: number): Promise<{ events: number }> {
  const workflow = await ended(await enter(journeyId));
  await outboxEmptied();
  const { events } = await workflow.fetchHistory();
  return { events: events!.filter(({ eventType }) => eventType !== TIME_SKIPPED).length };
}

/** Database round trips of one trigger call, with the API key cached. */
export async function acceptStatements(): Promise<number> {
  const world = await createApiWorld();
  try {
    const { journeyId } = await publishJourney(world);
    const trigger = () =>
      world.call('POST', '/api/workflows/triggerWorkflow', {
        workflowId: journeyId,
        email: 'user@example.com',
      });
    await trigger();
    const statements = countStatements(world.db);
    await trigger();
    return statements();
  } finally {
    await world.close();
  }
}

/**
 * Database round trips of one call of events/track with a known user and the API key cached, by what the event starts:
 * nothing, two journeys, one with a condition and a limit, one whose condition reads the profile.
 */
type TrackCosts = Record<'nothing' | 'journeys' | 'conditions' | 'profile', number>;

export async function trackStatements(): Promise<TrackCosts> {
  const world = await createApiWorld();
  const begins = async (entry: object, more = {}) => {
    const { body } = await world.call('POST', '/api/journeys', { name: 'Begins', entry, tiles: [], ...more });
    await world.call('POST', `/api/journeys/${body.id}/publish`);
  };
  try {
    for (const name of ['one', 'another']) await begins({ source: 'event', eventName: 'signup' }, { name });
    const where = { all: [{ field: 'event.total', is: 'greaterThan', value: 10 }] };
    await begins({ source: 'event', eventName: 'order', where }, { lifetimeLimit: 5 });
    const ofPro = { field: 'profile.plan', is: 'equals', value: 'pro' };
    await begins({ source: 'event', eventName: 'visit', where: ofPro }, { lifetimeLimit: 5 });
    const statements = countStatements(world.db);
    const cost = async (eventName: string) => {
      const dataFields = { total: 42 };
      const track = () =>
        world.call('POST', '/api/events/track', { email: 'user@example.com', eventName, dataFields });
      await track();
      // What is cached for some seconds, such as the API key, may be read again in one of these calls.
      const costs: number[] = [];
      for (let call = 0; call < 3; call += 1) {
        const before = statements();
        await track();
        costs.push(statements() - before);
      }
      return Math.min(...costs);
    };
    return {
      nothing: await cost('quiet'),
      journeys: await cost('signup'),
      conditions: await cost('order'),
      profile: await cost('visit'),
    };
  } finally {
    await world.close();
  }
}

async function run(): Promise<Row[]> {
  const { measure, close } = await openMeasure();
  try {
    const one = await measure(['webhook']);
    const two = await measure(['webhook', 'webhook']);
    const five = await measure(Array<Kind>(5).fill('webhook'));
    const retried = await measure(['webhook', 'webhook'], [503, 503]);
    const windowed = await measure(['webhook'], [], OPEN_WINDOW);
    const waited = await measure(['delay', 'webhook']);
    const sent = await measure(['sendToJourney', 'webhook']);
    const timedOut = await measure(['waitFor', 'webhook']);
    const over = await measure(['over', 'webhook']);
    const split = await measure(['yesNoSplit', 'webhook']);
    const updated = await measure(['updateProfile', 'webhook']);
    const chain = await measure(['yesNoSplit', 'abSplit', 'updateProfile', 'webhook']);
    const tracked = await trackStatements();
    return [
      exactly('history events, 1 webhook: 5 + 6', 11, one.events),
      exactly('history events, 2 webhooks: 5 + 12', 17, two.events),
      exactly('history events, 5 webhooks: 5 + 30', 35, five.events),
      exactly('history events, 2 webhooks with two retries', 17, retried.events),
      exactly('history events, 1 webhook within its send window', 11, windowed.events),
      exactly('round trips of a send window that is open', 0, windowed.statements - one.statements),
      exactly('history events, a delay and 1 webhook: 5 + (5 + 2) + 6', 18, waited.events),
      exactly('history events, a sending and 1 webhook: 5 + 1 + 6', 12, sent.events),
      exactly('history events, a wait that times out and 1 webhook: 5 + 8 + 6', 19, timedOut.events),
      exactly('history events, a wait that is over on arrival and 1 webhook: 5 + 1 + 6', 12, over.events),
      exactly('history events, a split and 1 webhook: 5 + 1 + 6', 12, split.events),
      exactly('history events, an updateProfile and 1 webhook: 5 + 1 + 6', 12, updated.events),
      exactly('history events, two splits, an updateProfile and 1 webhook: 5 + 1 + 6', 12, chain.events),
      reported('round trips to the database to accept an entry', await acceptStatements()),
      reported('round trips of an event that starts nothing', tracked.nothing),
      reported('round trips of an event that starts two journeys', tracked.journeys),
      exactly(
        'round trips of an event that starts a journey with a condition and a limit',
        1,
        tracked.conditions,
      ),
      exactly('the same where the condition reads the profile', 2, tracked.profile),
      reported('round trips, entry of 1 webhook, all in all', one.statements),
      reported('round trips of each further webhook', (five.statements - one.statements) / 4),
      reported('round trips of each retry', (retried.statements - two.statements) / 2),
      reported('round trips of a delay', waited.statements - one.statements),
      reported('round trips of a sending', sent.statements - one.statements),
      reported('round trips of a wait that times out', timedOut.statements - one.statements),
      reported('round trips of a wait that is over on arrival', over.statements - one.statements),
      exactly('round trips of a split', 2, split.statements - one.statements),
      reported('round trips of an updateProfile', updated.statements - one.statements),
      reported('round trips of two splits and an updateProfile', chain.statements - one.statements),
    ];
  } finally {
    await close();
  }
}

export default {
  summary: 'history events and round trips to the database of an entry (under a minute)',
  needs: ['engine'],
  run,
} satisfies Benchmark;
