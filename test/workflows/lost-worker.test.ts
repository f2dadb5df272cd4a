import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { exitSignal } from '../../src/workflows/messages';
import type { Reply } from '../support/receiver';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

/* A worker counts as lost when the heartbeats of its activity stop: here, because their timeout is made shorter than the
   time between two of them. The worker lives on, and its request too. Time is not skipped. */

let world: World;
beforeAll(async () => {
  world = await createWorld({ skipTime: false });
});
afterAll(() => world.close());

const activityId = 'call/1';

/** An entry whose first request is under way; `answer` answers it, and later ones are answered at once. */
async function underWay(status = 200) {
  const path = `/${randomUUID()}`;
  const first: { answer?: () => void } = {};
  const hold: Reply = (_request, response) => {
    first.answer = () => response.writeHead(status).end();
  };
  world.receiver.respondAt(path, hold, 200);
  const webhook = { url: world.receiver.url + path };
  const entryId = await world.enter(await world.journey([{ id: 'call', type: 'webhook', webhook }]));
  await until(async () => first.answer);
  const requests = () => world.receiver.requests.filter(({ url }) => url === path);
  return { entryId, requests, answer: first.answer! };
}

const eventsOf = async (entryId: string) =>
  (await world.client.workflow.getHandle(entryId).fetchHistory()).events!;

const timersOf = async (entryId: string) =>
  (await eventsOf(entryId)).flatMap(({ timerStartedEventAttributes: timer }) => timer ?? []);

const lossesOf = async (entryId: string) =>
  (await eventsOf(entryId)).filter(
    ({ activityTaskTimedOutEventAttributes }) => activityTaskTimedOutEventAttributes,
  );

const heartbeatOf = async (entryId: string) => {
  const { raw } = await world.client.workflow.getHandle(entryId).describe();
  return raw.pendingActivities?.[0]?.lastHeartbeatTime;
};

/** Makes Temporal take the activity's worker for lost, at once; and waits until the activity runs again, or until `after`. */
async function lose(workflowId: string) {
  const losses = (await lossesOf(workflowId)).length;
  await world.client.workflowService.updateActivityOptions({
    ...{ namespace: 'default', id: activityId, execution: { workflowId } },
    activityOptions: { heartbeatTimeout: { nanos: 1_000_000 } },
    updateMask: { paths: ['heartbeat_timeout'] },
  });
  await until(async () => (await lossesOf(workflowId)).length > losses);
}

const attemptsOf = async (entryId: string) => (await world.passage(entryId)).deliveries[0]!.attempts;

const changeAttempt = (entryId: string, change: ReturnType<typeof sql>) =>
  world.db.execute(sql`
    update attempts set ${change} from deliveries
    where deliveries.id = attempts.delivery_id and deliveries.entry_id = ${entryId}`);

describe('a delivery', () => {
  it('that takes longer than a second sends heartbeats, so that a lost worker is noticed in under ten', async () => {
    const { entryId, answer } = await underWay();
    expect(await heartbeatOf(entryId)).toBeFalsy();
    await until(() => heartbeatOf(entryId));
    answer();
    await world.ended(entryId);
    const [scheduled] = (await eventsOf(entryId)).flatMap(
      (event) => event.activityTaskScheduledEventAttributes ?? [],
    );
    expect(scheduled!.heartbeatTimeout).toMatchObject({ nanos: 500_000_000 });
    expect(Number(scheduled!.heartbeatTimeout!.seconds)).toBe(9);
  });
});

describe('a delivery whose worker was lost', () => {
  it('goes on at once, with the answer of a request that was still under way', async () => {
    const { entryId, requests, answer } = await underWay();
    await lose(entryId);
    answer();
    const { entry } = await world.ended(entryId);
    expect(entry.status).toBe('completed');
    expect(requests()).toHaveLength(1);
    expect(await attemptsOf(entryId)).toMatchObject([{ outcome: 'delivered', status: 200 }]);
    expect(await timersOf(entryId)).toEqual([]);
  });

  it('sends its request again once the first one has had its time, under the same webhook-id', async () => {
    const { entryId, requests } = await underWay();
    await changeAttempt(entryId, sql`started_at = started_at - interval '13 seconds'`);
    await lose(entryId);
    expect((await world.ended(entryId)).entry.status).toBe('completed');
    expect(new Set(requests().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await attemptsOf(entryId)).toMatchObject([{ outcome: null }, { outcome: 'delivered' }]);
    expect(await timersOf(entryId)).toEqual([]);
  });

  it('waits a minute the second time, because the delivery may be what kills workers', async () => {
    const { entryId, answer } = await underWay();
    await lose(entryId);
    await until(
      async () =>
        (await eventsOf(entryId)).filter((event) => event.activityTaskScheduledEventAttributes).length > 1,
    );
    await lose(entryId);
    const [timer] = await until(async () => (await timersOf(entryId)).length > 0 && timersOf(entryId));
    expect(Number(timer!.startToFireTimeout!.seconds)).toBe(60);
    answer();
    await world.client.workflow.getHandle(entryId).signal(exitSignal, { reason: 'operator' });
    await world.ended(entryId);
  });

  it('waits for the rest of the three minutes if the lost worker had stored an answer to be retried', async () => {
    const { entryId, requests, answer } = await underWay();
    await changeAttempt(
      entryId,
      sql`outcome = 'retry', reason = 'http_status', next_attempt_at = now() + interval '2 minutes'`,
    );
    await lose(entryId);
    const [timer] = await until(async () => (await timersOf(entryId)).length > 0 && timersOf(entryId));
    expect(Math.abs(Number(timer!.startToFireTimeout!.seconds) - 115)).toBeLessThan(6);
    expect(requests()).toHaveLength(1);
    answer();
    await world.client.workflow.getHandle(entryId).signal(exitSignal, { reason: 'operator' });
    await world.ended(entryId);
  });
});
