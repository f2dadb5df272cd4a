import { asc, eq, sql } from 'drizzle-orm';
import { freezeVersion, lockJourney } from '../../../src/db/journeys/journeys';
import { endJob } from '../../../src/db/jobs/jobs';
import { jobs } from '../../../src/db/schema';
import { beginRun } from '../../../src/db/journeys/schedules';
import { JourneyDefinition } from '../../../src/domain/journeys/journey';
import { planOf } from '../../../src/domain/journeys/plan';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;
let listId: number;

beforeAll(async () => {
  world = await createApiWorld();
  listId = (await world.call('POST', '/api/lists', { name: 'Readers' })).body.listId;
});
afterAll(() => world.close());

const FIRST = Date.parse('2027-11-07T05:30:00Z');
const HOUR_MS = 3_600_000;

async function journey(timing: object = { cron: '30 1 * * *' }): Promise<number> {
  const entry = { source: 'schedule', listId, timeZone: 'America/New_York', ...timing };
  const { body } = await world.call('POST', '/api/journeys', { name: 'Test', tiles: [], entry });
  await world.call('POST', `/api/journeys/${body.id}/publish`);
  return body.id as number;
}

const begin = (journeyId: number, scheduledAt = FIRST, version = 1) =>
  beginRun(world.db, { journeyId, version, scheduledAt });
const jobsOf = (journeyId: number) =>
  world.db
    .select()
    .from(jobs)
    .where(eq(jobs.subject, `${journeyId}/${listId}`))
    .orderBy(asc(jobs.id));
const endAll = async (journeyId: number) => {
  for (const { id } of await jobsOf(journeyId)) await endJob(world.db, id);
};

describe('a scheduled time', () => {
  it('starts a job for the users of its list, with the time as trigger data (B087, B091)', async () => {
    const id = await journey();
    const { jobId } = (await begin(id)) as { jobId: string };
    expect(await jobsOf(id)).toMatchObject([
      {
        id: jobId,
        parameters: {
          journeyId: id,
          listId,
          triggerData: { scheduledAt: '2027-11-07T05:30:00.000Z', listId, eventName: 'schedule' },
        },
      },
    ]);
    expect(await world.call('GET', `/api/jobs/${jobId}`)).toMatchObject({ status: 200, body: { id: jobId } });
  });

  it('starts one job, however often it is repeated: concurrently, while it runs, and after it has ended', async () => {
    const id = await journey();
    const answers = await Promise.all(Array.from({ length: 5 }, () => begin(id)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await begin(id)).toEqual(answers[0]);
    await endAll(id);
    expect(await begin(id)).toEqual({ kind: 'begun', jobId: expect.any(String) });
    expect(await jobsOf(id)).toHaveLength(1);
  });

  it('is skipped while users of an earlier time, or of a call, are still being entered', async () => {
    const id = await journey();
    await begin(id);
    expect(await begin(id, FIRST + 24 * HOUR_MS)).toEqual({ kind: 'skipped', reason: 'underWay' });
    await endAll(id);
    expect(await begin(id, FIRST + 24 * HOUR_MS)).toMatchObject({ kind: 'begun' });
    expect(await jobsOf(id)).toHaveLength(2);
  });

  it('that the clocks show twice runs once, unless the expression is hourly', async () => {
    const [daily, hourly] = [await journey(), await journey({ cron: '30 * * * *' })];
    for (const id of [daily, hourly]) {
      await begin(id);
      await endAll(id);
      expect(await begin(id, FIRST + HOUR_MS)).toMatchObject({ kind: 'begun' });
    }
    expect(await jobsOf(daily)).toHaveLength(1);
    expect(await jobsOf(hourly)).toHaveLength(2);
  });

  it('of an unpublished version or journey starts nothing', async () => {
    const outdated = { kind: 'skipped', reason: 'outdated' };
    const id = await journey();
    const definition = JourneyDefinition.parse({
      name: 'Test',
      tiles: [],
      entry: { source: 'schedule', listId, cron: '0 9 * * *', timeZone: 'UTC' },
    });
    await freezeVersion(world.db, (await lockJourney(world.db, id))!, definition, planOf(id, []));
    expect(await begin(id)).toEqual(outdated);
    expect(await begin(id, FIRST, 2)).toMatchObject({ kind: 'begun' });
    await endAll(id);
    await world.call('POST', `/api/journeys/${id}/unpublish`);
    expect(await begin(id, FIRST + HOUR_MS, 2)).toEqual(outdated);
    await world.db.execute(sql`delete from jobs where subject = ${`${id}/${listId}`}`);
  });
});
