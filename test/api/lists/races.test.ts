import { SYSTEM } from '../../../src/domain/audit';
import { listFaults } from '../../../src/usecases/journeys/list-faults';
import { freezeVersion, lockJourney } from '../../../src/db/journeys/journeys';
import { deleteList } from '../../../src/db/lists/lists';
import { transact } from '../../../src/db/enqueue';
import { updateAndSubscribe } from '../../../src/usecases/users/subscribe';
import { mergeUsers } from '../../../src/usecases/users/merge';
import { mergeEntryProfile } from '../../../src/db/entries/profile';
import { planOf } from '../../../src/domain/journeys/plan';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { meanwhile } from '../../support/waiting';
import { undispatched } from '../../support/database';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const post = (path: string, body: object = {}) => world.call('POST', `/api${path}`, body);
const newList = async (): Promise<number> => (await post('/lists', { name: 'Readers' })).body.listId;

describe('publishing a journey and deleting its list at the same time', () => {
  const draft = async (listId: number): Promise<number> =>
    (await post('/journeys', { name: 'Late', suppressionListIds: [listId], tiles: [] })).body.id;

  it('refuses the journey if the deletion was first', async () => {
    const listId = await newList();
    const journeyId = await draft(listId);
    const answer = await meanwhile(
      world.db,
      (tx) => deleteList(tx, listId),
      () => post(`/journeys/${journeyId}/publish`),
    );
    expect([answer.status, Object.keys(answer.body.params)]).toEqual([400, ['suppressionListIds[0]']]);
  });

  it('refuses the deletion if the journey was first', async () => {
    const listId = await newList();
    const journeyId = await draft(listId);
    const answer = await meanwhile(
      world.db,
      async (tx) => {
        const journey = (await lockJourney(tx, journeyId))!;
        await listFaults(tx, journey.definition);
        await freezeVersion(tx, journey, journey.definition, planOf(journeyId, []));
      },
      () => world.call('DELETE', `/api/lists/${listId}`),
    );
    expect(answer.status).toBe(409);
  });
});

describe('subscribing to a list that is being deleted', () => {
  it('has no effect and no error', async () => {
    const listId = await newList();
    const update = {
      userId: 'late',
      dataFields: { seats: 1 },
      mergeNestedObjects: false,
      createNewFields: true,
    };
    const subscribed = await meanwhile(
      world.db,
      (tx) => deleteList(tx, listId),
      () => transact(world, (tx) => updateAndSubscribe(tx, listId, update, false)),
    );
    expect(subscribed).toMatchObject({ user: { userId: 'late', dataFields: { seats: 1 } } });
    expect(world.enqueued).toEqual([]);
  });
});

describe('merging a user while an answer is written to the profile', () => {
  it('writes it to the merged user', async () => {
    const journeyId = (await post('/journeys', { name: 'Any', tiles: [] })).body.id as number;
    await post(`/journeys/${journeyId}/publish`);
    await post('/users/update', { userId: 'into' });
    const triggered = await post('/workflows/triggerWorkflow', { workflowId: journeyId, userId: 'from' });
    const entryId = triggered.body.params.entryId as string;
    await meanwhile(
      world.db,
      (tx) => mergeUsers({ ...world, db: tx, author: SYSTEM }, { userId: 'from' }, { userId: 'into' }),
      () => world.db.transaction((tx) => mergeEntryProfile(undispatched(tx), entryId, { score: 5 })),
    );
    const { user } = (await world.call('GET', '/api/users/byUserId/into')).body;
    expect(user.dataFields).toMatchObject({ score: 5 });
  });
});
