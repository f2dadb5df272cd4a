import { pino } from 'pino';
import { countStatements } from '../../../bench/support/statements';
import { JOB_KINDS } from '../../../src/background/job-kinds';
import { createPageRunner } from '../../../src/background/jobs';
import { type ApiWorld, type ApiWorlds, createApiWorlds } from '../../support/api-world';

/* What re-entry rules cost in round trips to the database. */

let worlds: ApiWorlds;
let world: ApiWorld;
beforeAll(async () => void (worlds = await createApiWorlds()));
afterAll(() => worlds.close());
beforeEach(async () => void (world = await worlds.next()));
afterEach(() => world.close());

const post = (path: string, body: object = {}) => world.call('POST', `/api${path}`, body);

async function published(definition: object): Promise<number> {
  const { body } = await post('/journeys', { name: 'Any', tiles: [], ...definition });
  await post(`/journeys/${body.id}/publish`);
  return body.id as number;
}

const ORDERS = { source: 'event', eventName: 'order' };
const MUCH = { field: 'event.total', is: 'greaterThan', value: 10 };
const order = (userId: string, total = 42) =>
  post('/events/track', { userId, eventName: 'order', dataFields: { total, cartId: userId } });

it.each<[string, object, number]>([
  ['may enter again at any time', { lifetimeLimit: 1_000 }, 42],
  ['is refused by a limit', { lifetimeLimit: 1 }, 42],
  ['is refused by the time since the last entry', { reentry: { after: '1 day', key: 'cartId' } }, 42],
  ['does not meet the condition', { lifetimeLimit: 1_000 }, 1],
])('an event of a user who %s is one', async (_, rules, total) => {
  await published({ entry: { ...ORDERS, where: MUCH }, ...rules });
  const statements = countStatements(world.db);
  const costs: number[] = [];
  for (let call = 0; call < 5; call += 1) {
    const before = statements();
    expect((await order('ada', total)).status).toBe(200);
    costs.push(statements() - before);
  }
  expect(Math.min(...costs)).toBe(1);
});

it('the first event of a user whose entries restart is one', async () => {
  await published({ entry: ORDERS, reentry: { onActive: 'restart' } });
  for (const userId of ['ada', 'bob', 'eve']) await post('/users/update', { userId });
  await order('ada');
  const statements = countStatements(world.db);
  const costs: number[] = [];
  for (const userId of ['bob', 'eve']) {
    const before = statements();
    await order(userId);
    costs.push(statements() - before);
  }
  expect(Math.min(...costs)).toBe(1);
});

it('a page of a list with rules takes at most four more than without, however many users it has', async () => {
  const { listId } = (await post('/lists', { name: 'All' })).body;
  const subscribers = Array.from({ length: 200 }, (_, index) => ({ userId: `user-${index}` }));
  await post('/lists/subscribe', { listId, subscribers });
  const log = pino({ level: 'silent' });
  const turn = createPageRunner({ db: world.db, log, enqueue: () => undefined, kinds: JOB_KINDS });
  const cost = async (journeyId: number): Promise<number> => {
    await post('/workflows/triggerWorkflow', { workflowId: journeyId, listId });
    const statements = countStatements(world.db);
    const before = statements();
    await turn();
    return statements() - before;
  };
  const plain = await cost(await published({}));
  const refusing = await published({ reentry: { after: '1 day' } });
  const restarting = await published({ reentry: { onActive: 'restart' } });
  for (const journeyId of [refusing, restarting]) {
    expect(await cost(journeyId)).toBeLessThanOrEqual(plain + 1);
    expect(await cost(journeyId)).toBeLessThanOrEqual(plain + 4);
  }
});
