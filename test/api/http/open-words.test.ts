import { sql } from 'drizzle-orm';
import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';

/* Words of closed lists that this version does not know: of a newer version, or put into the tables by hand. */

let world: ApiWorld;
let journeyId: number;
let entryId: string;
beforeAll(async () => {
  world = await createApiWorld();
  ({ journeyId } = await publishJourney(world));
  const body = { workflowId: journeyId, email: 'a@example.com' };
  entryId = (await world.call('POST', '/api/workflows/triggerWorkflow', body)).body.params.entryId;
});
afterAll(() => world.close());

const execute = (statement: ReturnType<typeof sql>) => world.db.execute(statement);
const get = async (url: string) => {
  const { status, body } = await world.call('GET', url);
  expect(status).toBe(200);
  return body;
};

describe('a row with an unknown word', () => {
  it('of an entry is answered as it is, alone and in a page, and logged once', async () => {
    await execute(sql`
      update entries set status = 'exited', reason = 'solar_flare', detail = 'x', ended_at = now()
      where id = ${entryId}`);
    const entry = await get(`/api/entries/${entryId}`);
    expect(entry).toMatchObject({ id: entryId, status: 'exited', reason: 'solar_flare', detail: 'x' });
    // Nothing that the schema leaves out comes with it.
    expect(entry).not.toHaveProperty('workflowId');
    const { path: _path, waitingFor: _waitingFor, ...listed } = entry;
    expect(await get('/api/entries')).toEqual({ entries: [listed] });
    await get(`/api/entries/${entryId}`);
    const lines = world.logged.filter(({ word }) => word === 'solar_flare');
    expect(lines).toMatchObject([{ field: 'reason' }, { field: 'entries.reason' }]);
  });

  it('of a delivery and its attempts is answered as it is', async () => {
    await execute(sql`
      insert into deliveries (id, entry_id, journey_id, tile_id, visit, status, reason, detail, created_at, ended_at)
      select 'dlv_odd', id, journey_id, 'crm', 1, 'failed', 'constructor', 'x', now(), now() from entries
      where id = ${entryId}`);
    await execute(sql`
      insert into attempts (delivery_id, generation, number, started_at, outcome, reason, detail)
      values ('dlv_odd', 1, 1, now(), 'giveUp', 'toString', 'x')`);
    const delivery = await get('/api/deliveries/dlv_odd');
    expect(delivery).toMatchObject({ reason: 'constructor', attempts: [{ reason: 'toString' }] });
    expect((await get('/api/deliveries')).deliveries).toMatchObject([{ reason: 'constructor' }]);
  });

  it.each(['solar_flare', 'constructor'])('of a notification (%s) is answered as it is', async (kind) => {
    await execute(sql`
      insert into notifications (kind, subject, created_at, updated_at) values (${kind}, 'x', now(), now())`);
    const { notifications } = await get('/api/notifications');
    expect(notifications[0]).toMatchObject({ kind, level: 'warning', text: 'Upgrade Wayhook.' });
  });

  it('of a journey’s status is answered as it is', async () => {
    await execute(sql`alter table journeys drop constraint journeys_status_check`);
    await execute(sql`update journeys set status = 'frozen'`);
    expect(await get(`/api/journeys/${journeyId}`)).toMatchObject({ status: 'frozen' });
  });
});

it('the OpenAPI document says that the words of an answer are not closed, and those of a question are', async () => {
  const { paths } = await get('/api/openapi.json');
  const { parameters, responses } = paths['/api/entries'].get;
  const status =
    responses['200'].content['application/json'].schema.properties.entries.items.properties.status;
  const words = expect.arrayContaining(['accepted', 'completed']);
  expect(status).toEqual({ anyOf: [{ type: 'string', enum: words }, { type: 'string' }] });
  const asked = parameters.find(({ name }: { name: string }) => name === 'status');
  expect(asked.schema).toMatchObject({ type: 'string', enum: words });
});
