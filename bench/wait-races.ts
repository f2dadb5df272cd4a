import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createApiWorld } from '../test/support/api-world';
import { trackEvent } from '../src/usecases/events/track';
import { waitFor } from '../src/usecases/journeys/wait-for';
import { inLanes } from './support/lanes';
import { type Benchmark, exactly, type Row, reported } from './support/table';

const AT_ONCE = 16;

/** The event and the wait begin within this time, whoever is first. */
const WITHIN_MS = 4;

/** One begins nothing, one begins a journey, and so is recorded by another statement. */
const EVENTS = ['quiet', 'starts'];

/**
 * Events and waits for them of one user, which begin at the same moment, many users at a time: each wait is ended once,
 * by the event that it finds or by the signal of the event that finds it.
 */
async function run(size = 10_000): Promise<Row[]> {
  const world = await createApiWorld();
  try {
    const workflowId = await publish(world, {
      tiles: [{ id: 'wait', type: 'waitFor', for: EVENTS.map((event) => ({ event })), timeout: '1 day' }],
    });
    await publish(world, { tiles: [], entry: { source: 'event', eventName: 'starts' } });
    const wakes = new Map<string, number>();
    const enqueue: typeof world.enqueue = (item) => {
      if ('waitId' in item) wakes.set(item.workflowId, (wakes.get(item.workflowId) ?? 0) + 1);
    };
    const { db } = world;
    const counts = { lost: 0, twice: 0, foundBack: 0 };
    await inLanes(AT_ONCE, size, async (index) => {
      const userId = `user-${index}`;
      const trigger = { workflowId, userId };
      const { body } = await world.call('POST', '/api/workflows/triggerWorkflow', trigger);
      const entryId: string = body.params.entryId;
      const visit = { entryId, firstRunId: 'run', workflowId: entryId, tileId: 'wait', visit: 1 };
      // Before the entry was accepted it would not count.
      const event = { kind: 'customEvent', name: EVENTS[index % 2]!, dataFields: {} } as const;
      const [outcome] = await Promise.all([
        pause(randomInt(WITHIN_MS)).then(() => waitFor(db, visit, Date.now())),
        pause(randomInt(WITHIN_MS)).then(() =>
          trackEvent({ db, enqueue }, { userId }, { ...event, createdAt: Date.now() }),
        ),
      ]);
      const found = outcome.kind === 'left' ? 1 : 0;
      const ends = found + (wakes.get(entryId) ?? 0);
      counts.foundBack += found;
      if (ends === 0) counts.lost += 1;
      if (ends > 1) counts.twice += 1;
    });
    return [
      exactly(`events lost of ${size}, each at the moment at which its wait begins`, 0, counts.lost),
      exactly('waits ended twice', 0, counts.twice),
      reported(
        'events that the wait found; that found the wait',
        `${counts.foundBack}, ${size - counts.foundBack}`,
      ),
    ];
  } finally {
    await world.close();
  }
}

async function publish(
  { call }: Awaited<ReturnType<typeof createApiWorld>>,
  journey: object,
): Promise<number> {
  const { body } = await call('POST', '/api/journeys', { name: 'Benchmark', ...journey });
  await call('POST', `/api/journeys/${body.id}/publish`);
  return body.id as number;
}

export default {
  summary: 'events and waits for them that begin at the same moment: none lost, none ended twice (a minute)',
  needs: ['postgres'],
  run,
} satisfies Benchmark;
