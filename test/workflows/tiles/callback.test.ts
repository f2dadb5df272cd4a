import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { callbacks } from '../../../src/db/schema';
import { insertSigningSecret } from '../../../src/db/secrets/signing-secrets';
import { newSigningSecret } from '../../../src/webhook/sign';
import { exitSignal } from '../../../src/workflows/messages';
import { type Answer, type ApiWorld, createApi } from '../../support/api-world';
import { calmEvents } from '../../support/history';
import { readable } from '../../support/readable';
import type { Recorded, Reply } from '../../support/receiver';
import { until } from '../../support/until';
import { createWorld, type World } from '../../support/world';

/** A world and the API on its database. */
interface Both {
  world: World;
  api: ApiWorld;
}

async function open(skipTime: boolean): Promise<Both> {
  const world = await createWorld({ skipTime });
  return { world, api: await createApi(world, { enqueue: world.enqueue }) };
}

async function close({ world, api }: Both): Promise<void> {
  await api.close();
  await world.close();
}

/** A journey whose first tile calls an endpoint that signs and may call back, with a webhook on each way out. */
async function approval(
  { world }: Both,
  replies: Reply[],
  callback: object = { onSuccess: 'yes', onFailure: 'no', onTimeout: 'late' },
  exitRules: object[] = [],
) {
  const secret = newSigningSecret();
  const path = `/${randomUUID()}`;
  world.receiver.respondAt(path, ...replies);
  const signing = { enabled: true };
  const asking = await world.webhook({ endpoint: world.receiver.url + path, signing });
  await insertSigningSecret(world.db, world.sealer, { webhookId: asking }, secret);
  const body = { approver: '{{callbacks.ask.approver}}', limit: '{{callbacks.ask.limit}}' };
  const telling = await world.webhook({ endpoint: `${world.receiver.url}${path}/way`, body });
  const ways = ['yes', 'no', 'late'].map((id) => ({ id, type: 'webhook', webhookId: telling, next: 'exit' }));
  const tile = {
    id: 'ask',
    type: 'webhook',
    webhookId: asking,
    callback: { timeout: '7 days', ...callback },
  };
  const hold = { id: 'hold', type: 'delay', for: '30 days' };
  const journeyId = await world.journey([tile, ...ways, hold], undefined, { exitRules });
  const requestsTo = (url: string) => world.receiver.requests.filter((request) => request.url === url);
  return {
    secret,
    enter: () => world.enter(journeyId, { identity: { email: `${randomUUID()}@example.com` } }),
    asked: (times = 1) => until(async () => requestsTo(path).length >= times && requestsTo(path).at(-1)!),
    told: () => requestsTo(`${path}/way`).map((request) => request.json()),
  };
}

const addressOf = ({ headers }: Recorded) => String(headers['wayhook-callback-url']);

function callBack({ api }: Both, request: Recorded, secret: string, body: object): Promise<Answer> {
  const text = JSON.stringify(body);
  const now = new Date();
  return api.call('POST', new URL(addressOf(request)).pathname, text, {
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('msg_1', now, text),
  });
}

/** The callback of an entry, once the answer to the request is stored. */
const waiting = ({ world }: Both, entryId: string) =>
  until(async () => {
    const [row] = await world.db.select().from(callbacks).where(eq(callbacks.entryId, entryId));
    return row?.dueAt && row;
  });

/** The events that the wait adds to those of the two webhooks and of an entry. */
async function eventsOfWait({ world }: Both, entryId: string): Promise<string[]> {
  const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
  expect(readable(events)).not.toMatch(/callbacks\/|example\.com|Grace/);
  return calmEvents(events).slice(0, -(5 + 2 * 6) || undefined);
}

describe('a webhook tile whose endpoint says that it will call back', () => {
  let both: Both;
  beforeAll(async () => void (both = await open(false)));
  afterAll(() => close(both));

  it.each([
    ['success', 'yes'],
    ['failure', 'no'],
  ])('waits, and goes on by the way of a %s, at 6 events', async (status, way) => {
    const { enter, asked, secret, told } = await approval(both, [202]);
    const entryId = await enter();
    const { dueAt } = (await waiting(both, entryId))!;
    const { waitingFor } = (await both.api.call('GET', `/api/entries/${entryId}`)).body;
    expect(waitingFor).toEqual({ what: 'callback', until: dueAt!.toISOString() });
    const request = await asked();
    // A call that comes before the timer is taken in the same workflow task, at fewer events.
    await until(async () => {
      const { events } = await both.world.client.workflow.getHandle(entryId).fetchHistory();
      return events?.some((event) => event.timerStartedEventAttributes);
    });
    expect(addressOf(request)).toMatch(/^https:\/\/wayhook\.example\.com\/callbacks\/[\w-]{32}$/);
    const data = { approver: 'Grace', limit: 12.5 };
    const answer = await callBack(both, request, secret, { status, data });
    expect(answer).toMatchObject({ status: 200, body: { taken: true } });
    const { entry } = await both.world.ended(entryId);
    expect(entry).toMatchObject({ status: 'completed', tileId: way });
    expect(told()).toMatchObject([{ approver: 'Grace', limit: '12.5' }]);
    expect(await eventsOfWait(both, entryId)).toHaveLength(6);
    const { path } = (await both.api.call('GET', `/api/entries/${entryId}`)).body;
    expect(path).toMatchObject([
      { tileId: 'ask', way: status, why: `202, called back: ${status}` },
      { tileId: way },
    ]);
    const { journeyId } = entry;
    const { tiles } = (await both.api.call('GET', `/api/journeys/${journeyId}/tiles`)).body;
    expect(tiles[0]).toMatchObject({ tileId: 'ask', users: 0, passed: 1, ways: { [status]: 1 } });
  });

  it('goes on at once if it called back before it answered, at no event', async () => {
    const { enter, secret, told } = await approval(both, [
      async (request, response) => {
        const answer = await callBack(both, request, secret, {
          status: 'success',
          data: { approver: 'Grace' },
        });
        response.writeHead(answer.status === 200 ? 202 : 500).end();
      },
    ]);
    const entryId = await enter();
    expect((await both.world.ended(entryId)).entry).toMatchObject({ status: 'completed', tileId: 'yes' });
    expect(told()).toMatchObject([{ approver: 'Grace' }]);
    expect(await eventsOfWait(both, entryId)).toHaveLength(0);
  });

  it('exits the user for a failure without a way, for the reason “callback”', async () => {
    const { enter, asked, secret } = await approval(both, [202], { onSuccess: 'yes' });
    const entryId = await enter();
    await waiting(both, entryId);
    await callBack(both, await asked(), secret, { status: 'failure' });
    expect((await both.world.ended(entryId)).entry).toMatchObject({ status: 'exited', reason: 'callback' });
  });

  it('can meet an exit rule by what it sent, at the next tile', async () => {
    const rule = { name: 'refunded', when: { field: 'callbacks.ask.refund', is: 'equals', value: true } };
    const { enter, asked, secret, told } = await approval(both, [202], { onSuccess: 'hold' }, [rule]);
    const entryId = await enter();
    await waiting(both, entryId);
    await callBack(both, await asked(), secret, { status: 'success', data: { refund: true } });
    expect((await both.world.ended(entryId)).entry).toMatchObject({ status: 'exited', reason: 'exit_rule' });
    expect(told()).toEqual([]);
  });

  it('is matched with an event by what it sent', async () => {
    const rule = { event: 'settled', match: { 'event.case': 'callbacks.ask.case' } };
    const { enter, asked, secret } = await approval(both, [202], { onSuccess: 'hold' }, [rule]);
    const entryId = await enter();
    await waiting(both, entryId);
    await callBack(both, await asked(), secret, { status: 'success', data: { case: 'c-1' } });
    await until(async () => (await both.world.passage(entryId)).entry.tileId === 'hold');
    const { email } = (await both.api.call('GET', `/api/entries/${entryId}`)).body;
    const settle = (value: string) =>
      both.api.call('POST', '/api/events/track', {
        ...{ email, eventName: 'settled', dataFields: { case: value } },
      });
    await settle('c-2');
    expect((await both.world.passage(entryId)).entry.endedAt).toBeNull();
    await settle('c-1');
    expect((await both.world.ended(entryId)).entry).toMatchObject({ status: 'exited', reason: 'exit_rule' });
  });

  it('takes the first of 100 calls at once, and refuses the others', async () => {
    const { enter, asked, secret } = await approval(both, [202]);
    const entryId = await enter();
    await waiting(both, entryId);
    const request = await asked();
    const calls = Array.from({ length: 100 }, (_, at) => ({ status: at % 2 ? 'success' : 'failure' }));
    const answers = await Promise.all(calls.map((call) => callBack(both, request, secret, call)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(99);
    const first = calls[statuses.indexOf(200)]!.status;
    const { entry } = await both.world.ended(entryId);
    expect(entry.tileId).toBe(first === 'success' ? 'yes' : 'no');
  });

  it('goes on as without a callback after any other success, and then refuses a call', async () => {
    const { enter, asked, secret } = await approval(both, [200], { onSuccess: 'no' });
    const entryId = await enter();
    expect((await both.world.ended(entryId)).entry).toMatchObject({ status: 'completed', tileId: 'yes' });
    expect((await callBack(both, await asked(), secret, { status: 'success' })).status).toBe(410);
  });

  it('refuses a call once the user has left, who may leave at any time', async () => {
    const { enter, asked, secret } = await approval(both, [202]);
    const entryId = await enter();
    await waiting(both, entryId);
    await both.world.client.workflow.getHandle(entryId).signal(exitSignal, { reason: 'operator' });
    expect((await both.world.ended(entryId)).entry).toMatchObject({ status: 'cancelled' });
    expect((await callBack(both, await asked(), secret, { status: 'success' })).status).toBe(410);
  });

  it('goes on though no worker was there when it called', async () => {
    const { enter, asked, secret } = await approval(both, [202]);
    const entryId = await enter();
    await waiting(both, entryId);
    await both.world.withoutWorker(async () => {
      const request = await asked();
      expect((await callBack(both, request, secret, { status: 'success' })).status).toBe(200);
    });
    expect((await both.world.ended(entryId)).entry).toMatchObject({ status: 'completed', tileId: 'yes' });
  });

  it('shows its address neither in the log of deliveries nor where the endpoint repeats it', async () => {
    const echo: Reply = (request, response) => response.writeHead(202).end(addressOf(request));
    const { enter, asked } = await approval(both, [echo]);
    const entryId = await enter();
    await waiting(both, entryId);
    const token = addressOf(await asked())
      .split('/')
      .at(-1)!;
    const { deliveries } = await both.world.passage(entryId);
    const { body } = await both.api.call('GET', `/api/deliveries/${deliveries[0]!.id}`);
    expect(body.request.headers['wayhook-callback-url']).toBe('[redacted]');
    expect(body.attempts[0].response.body).toContain('[redacted]');
    expect(JSON.stringify(body)).not.toContain(token);
  });
});

describe('a webhook tile whose endpoint does not call back', () => {
  let both: Both;
  beforeAll(async () => void (both = await open(true)));
  afterAll(() => close(both));

  it('goes on by the way of the timeout, at 6 events, and refuses a call after that', async () => {
    const { enter, asked, secret } = await approval(both, [202]);
    const entryId = await enter();
    expect((await both.world.ended(entryId)).entry).toMatchObject({ status: 'completed', tileId: 'late' });
    expect(await eventsOfWait(both, entryId)).toHaveLength(6);
    const { path } = (await both.api.call('GET', `/api/entries/${entryId}`)).body;
    expect(path).toMatchObject([{ way: 'timeout', why: '202, not called back' }, { tileId: 'late' }]);
    expect((await callBack(both, await asked(), secret, { status: 'success' })).status).toBe(410);
  });

  it('goes on by next where no way is written', async () => {
    const { enter } = await approval(both, [202], {});
    expect((await both.world.ended(await enter())).entry).toMatchObject({ tileId: 'yes' });
  });

  it('is given one address, whatever its answers', async () => {
    const { enter, asked } = await approval(both, [503, 503, 202]);
    const addresses = new Set<string>();
    const entryId = await enter();
    await both.world.ended(entryId);
    const last = await asked(3);
    for (const request of both.world.receiver.requests.filter(({ url }) => url === last.url)) {
      addresses.add(addressOf(request));
    }
    expect(addresses.size).toBe(1);
  });

  it('waits for another status, if the tile says so', async () => {
    const { enter } = await approval(both, [201], { on: 201, onTimeout: 'late' });
    expect((await both.world.ended(await enter())).entry).toMatchObject({ tileId: 'late' });
  });

  it('is not waited for after a failure', async () => {
    const { enter, asked, secret } = await approval(both, [400]);
    const entryId = await enter();
    expect((await both.world.ended(entryId)).entry).toMatchObject({
      status: 'exited',
      reason: 'http_status',
    });
    expect((await callBack(both, await asked(), secret, { status: 'success' })).status).toBe(410);
  });
});
