import { temporal } from '@temporalio/proto';
import fc from 'fast-check';
import { JourneyDefinition } from '../../src/domain/journeys/journey';
import type { Tile } from '../../src/domain/journeys/tiles/tile';
import { targetOf, waysOf } from '../../src/domain/journeys/ways';
import { exitSignal } from '../../src/workflows/messages';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

const { WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND: UNHANDLED_COMMAND } =
  temporal.api.enums.v1.WorkflowTaskFailedCause;

let world: World;
let webhookIds: number[];

beforeAll(async () => {
  world = await createWorld();
  world.receiver.respondAt('/fine', 200);
  world.receiver.respondAt('/bad', 400);
  webhookIds = await Promise.all(
    ['/fine', '/bad'].map((path) => world.webhook({ endpoint: world.receiver.url + path })),
  );
});
afterAll(() => world.close());

/** Few ids, so that documents repeat them, leave them out and lead back to them. */
const id = fc.constantFrom('a', 'b', 'c', 'd', 'constructor');
const way = fc.option(fc.oneof(id, fc.constant('exit')), { nil: undefined });
const tile = fc.oneof(
  fc.record({
    id,
    type: fc.constant('webhook'),
    webhookId: fc.nat({ max: 1 }).map((index) => index),
    next: way,
    onFailure: way,
  }),
  fc.record({
    id,
    type: fc.constant('delay'),
    for: fc.constantFrom('1 second', 'P30D', '1 month'),
    next: way,
  }),
  fc.record({
    id,
    type: fc.constant('yesNoSplit'),
    when: fc.constantFrom(
      { field: 'profile.email', is: 'isSet' },
      { field: 'profile.email', is: 'isNotSet' },
    ),
    yes: way,
    no: way,
  }),
  fc.record({ id, type: fc.constant('exit'), reason: fc.constantFrom(undefined, 'bought') }),
);

it('no journey that passes validation gets an entry stuck', async () => {
  let walked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(tile, { maxLength: 5 }), async (tiles) => {
      const real = tiles.map((each) =>
        'webhookId' in each ? { ...each, webhookId: webhookIds[each.webhookId] } : each,
      );
      const parsed = JourneyDefinition.safeParse({ name: 'Fuzz', tiles: real });
      if (!parsed.success) return;
      walked += 1;
      const entryId = await world.enter(await world.journey(real));
      // A way round through a wait may have no end of its own.
      if (leadsBack(parsed.data)) await leave(entryId);
      const { entry } = await world.ended(entryId);
      expect(entry.endedAt).not.toBeNull();
      const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
      const faults = events!.map((event) => event.workflowTaskFailedEventAttributes).filter(Boolean);
      // A signal that came while the workflow was about to end: the server has it look once more.
      expect(faults.filter((fault) => fault!.cause !== UNHANDLED_COMMAND)).toEqual([]);
    }),
    { numRuns: 150 },
  );
  expect(walked).toBeGreaterThan(20);
});

function leadsBack({ tiles }: JourneyDefinition): boolean {
  const seen = (at: Tile | undefined, path: Tile[]): boolean => {
    if (at === undefined) return false;
    if (path.includes(at)) return true;
    return waysOf(at).some((to) => seen(targetOf(to, tiles.indexOf(at), tiles), [...path, at]));
  };
  return seen(tiles[0], []);
}

/** Asks the entry to exit as soon as it has a workflow, unless it came to its end before. */
async function leave(entryId: string): Promise<void> {
  const handle = world.client.workflow.getHandle(entryId);
  await until(async () => {
    const asked = handle.signal(exitSignal, { reason: 'operator' });
    return asked.then(
      () => true,
      async () => (await world.passage(entryId)).entry.endedAt !== null,
    );
  });
}
