import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';
import { hashOfToken, newCallbackToken } from '../../../src/db/deliveries/callback-token';
import { deliveryIdOf, openAttempt } from '../../../src/db/deliveries/deliveries';
import { claimEntrySql } from '../../../src/db/entries/entries';
import { takeDue } from '../../../src/db/outbox';
import { callbacks } from '../../../src/db/schema';
import { newSigningSecret } from '../../../src/webhook/sign';
import { type Answer, type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;
let webhookId: number;
let journeyId: number;
let secret: string;

beforeAll(async () => {
  world = await createApiWorld();
  const webhook = { name: 'Approve', endpoint: 'https://api.example.com/', signing: { enabled: true } };
  const { body } = await world.call('POST', '/api/journeyWebhooks', webhook);
  webhookId = body.id;
  secret = body.signing.secret;
  const tiles = [{ id: 'ask', type: 'webhook', webhookId, callback: { timeout: '1 day' } }];
  journeyId = (await world.call('POST', '/api/journeys', { name: 'Approval', tiles })).body.id;
  await world.call('POST', `/api/journeys/${journeyId}/publish`);
});
afterAll(() => world.close());

const EMAIL = () => `${randomUUID()}@example.com`;

/** A delivery whose request carried an address. `dueAt`: its answer is stored, and its user waits until then. */
async function delivery({ email = EMAIL(), dueAt }: { email?: string; dueAt?: Date } = {}) {
  const trigger = { workflowId: journeyId, email };
  const { entryId } = (await world.call('POST', '/api/workflows/triggerWorkflow', trigger)).body.params;
  const visit = { entryId, workflowId: entryId, firstRunId: 'run-1', tileId: 'ask', visit: 1 };
  const token = newCallbackToken();
  const at = Date.now();
  await world.db.execute(claimEntrySql(visit, 'ask', at));
  const key = { deliveryId: deliveryIdOf(visit), generation: 1, number: 1 };
  const opened = { journeyId, webhookId, request: Buffer.alloc(1), tokenHash: hashOfToken(token), at };
  await openAttempt(world.db, visit, key, opened);
  if (dueAt) await world.db.update(callbacks).set({ dueAt }).where(eq(callbacks.entryId, entryId));
  const row = async () => (await world.db.select().from(callbacks).where(eq(callbacks.entryId, entryId)))[0];
  return { token, entryId: entryId as string, email, row };
}

const inAnHour = () => new Date(Date.now() + 3_600_000);

interface Signed {
  by?: string;
  at?: Date;
  headers?: Record<string, string>;
}

function callBack(
  token: string,
  body: unknown,
  { by = secret, at = new Date(), headers }: Signed = {},
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return world.call('POST', `/callbacks/${token}`, text, {
    'api-key': '',
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(by).sign('msg_1', at, text),
    ...headers,
  });
}

const SUCCESS = { status: 'success' };
const codeOf = ({ status, body }: Answer) => [status, body.code];

describe('a call to a one-time address', () => {
  it('is taken with what Standard Webhooks signs, and with what Svix signs, without an API key', async () => {
    const [one, other] = [await delivery({ dueAt: inAnHour() }), await delivery({ dueAt: inAnHour() })];
    const taken = await callBack(one.token, { ...SUCCESS, data: { limit: 12.5 } });
    expect(taken).toMatchObject({ status: 200, body: { taken: true } });
    expect(await one.row()).toMatchObject({ status: 'success', data: { limit: 12.5 } });
    const at = new Date();
    const text = '{ "status": "failure" }';
    const headers = { 'webhook-signature': new Svix(secret).sign('msg_1', at, text) };
    expect((await callBack(other.token, text, { at, headers })).status).toBe(200);
    expect(await other.row()).toMatchObject({ status: 'failure', data: null });
  });

  it('wakes the workflow once, with no data in the signal', async () => {
    const { token, entryId } = await delivery({ dueAt: inAnHour() });
    const before = world.enqueued.length;
    await callBack(token, { ...SUCCESS, data: { secret: 'of the user' } });
    await callBack(token, SUCCESS);
    expect(world.enqueued.slice(before)).toEqual([
      { waitId: `${entryId}/ask/1`, workflowId: entryId, arm: 1 },
    ]);
  });

  it.each([
    ['success', 1],
    ['failure', 2],
  ])('wakes the workflow from the outbox, too, if the process dies that took it: %s', async (status, arm) => {
    const { token, entryId } = await delivery({ dueAt: inAnHour() });
    await callBack(token, { status });
    const waitId = `${entryId}/ask/1`;
    await world.db.execute(
      sql`update outbox set next_at = now() - interval '1 second' where ref = ${waitId}`,
    );
    expect(await takeDue(world.db, 1_000)).toContainEqual({ waitId, workflowId: entryId, arm });
  });

  it('is taken before the answer to the request is stored, and wakes nobody', async () => {
    const { token, row } = await delivery();
    const before = world.enqueued.length;
    expect((await callBack(token, SUCCESS)).status).toBe(200);
    expect(await row()).toMatchObject({ status: 'success', dueAt: null });
    expect(world.enqueued).toHaveLength(before);
  });

  it('is taken with the former secret, too, for a day after a rotation', async () => {
    const { token } = await delivery({ dueAt: inAnHour() });
    const former = secret;
    const rotated = await world.call('POST', `/api/journeyWebhooks/${webhookId}/rotateSigningSecret`);
    secret = rotated.body.secret;
    expect((await callBack(token, SUCCESS, { by: former })).status).toBe(200);
    const { token: next } = await delivery({ dueAt: inAnHour() });
    expect((await callBack(next, SUCCESS)).status).toBe(200);
  });
});

describe('a call is refused, and changes nothing,', () => {
  /** Neither the callback nor the outbox. */
  async function unchanged(target: Awaited<ReturnType<typeof delivery>>, call: () => Promise<Answer>) {
    const before = [await target.row(), world.enqueued.length];
    const answer = await call();
    expect([await target.row(), world.enqueued.length]).toEqual(before);
    return answer;
  }

  it('with an unknown token', async () => {
    for (const token of [newCallbackToken(), 'x', 'a'.repeat(1_000)]) {
      expect(codeOf(await callBack(token, SUCCESS))).toEqual([404, 'NotFound']);
    }
  });

  it('with a signature that is wrong, missing, of another body, or of another time', async () => {
    const target = await delivery({ dueAt: inAnHour() });
    const { token } = target;
    const late = new Date(Date.now() - 3_600_000);
    const early = new Date(Date.now() + 3_600_000);
    const forged: Signed[] = [
      { by: newSigningSecret() },
      { headers: { 'webhook-signature': '' } },
      { headers: { 'webhook-signature': 'v1,AAAA' } },
      {
        headers: {
          'webhook-signature': new Webhook(secret).sign('msg_1', new Date(), '{"status":"failure"}'),
        },
      },
      { headers: { 'webhook-id': 'msg_2' } },
      { headers: { 'webhook-timestamp': 'now' } },
      { headers: { 'webhook-timestamp': '' } },
      ...[late, early].map((at) => ({ at })),
    ];
    for (const one of forged) {
      const answer = await unchanged(target, () => callBack(token, SUCCESS, one));
      expect([one, ...codeOf(answer)]).toEqual([one, 401, 'BadSignature']);
    }
    const unsigned = { 'api-key': '', 'content-type': 'application/json' };
    expect((await world.call('POST', `/callbacks/${token}`, '{}', unsigned)).status).toBe(401);
  });

  it('and says whether the headers, the time or the signature is wrong', async () => {
    const { token } = await delivery({ dueAt: inAnHour() });
    const { body: unsigned } = await world.call('POST', `/callbacks/${token}`, '{}', { 'api-key': '' });
    expect(unsigned.msg).toMatch(/not signed\. Send the headers webhook-id/);
    const late = await callBack(token, SUCCESS, { at: new Date(Date.now() - 301_000) });
    expect(late.body.msg).toMatch(/webhook-timestamp .* 5 minutes .* Sign each call anew/);
    const forged = await callBack(token, SUCCESS, { by: newSigningSecret() });
    expect(forged.body.msg).toMatch(/webhook-signature .* is not right\. Sign/);
  });

  it('with the signature of another webhook', async () => {
    const other = { name: 'Other', endpoint: 'https://api.example.com/', signing: { enabled: true } };
    const { signing } = (await world.call('POST', '/api/journeyWebhooks', other)).body;
    const target = await delivery({ dueAt: inAnHour() });
    const answer = await unchanged(target, () => callBack(target.token, SUCCESS, { by: signing.secret }));
    expect(answer.status).toBe(401);
  });

  it('as a second one', async () => {
    const target = await delivery({ dueAt: inAnHour() });
    await callBack(target.token, { ...SUCCESS, data: { first: true } });
    const answer = await unchanged(target, () => callBack(target.token, { status: 'failure' }));
    expect(codeOf(answer)).toEqual([409, 'Conflict']);
  });

  it('as one that comes after the time of the wait, before the workflow has heard of it', async () => {
    const target = await delivery({ dueAt: new Date(Date.now() - 1) });
    expect(codeOf(await unchanged(target, () => callBack(target.token, SUCCESS)))).toEqual([410, 'Gone']);
  });

  it('as one for a user who was erased', async () => {
    const target = await delivery({ dueAt: inAnHour() });
    const used = await delivery({ email: target.email });
    await callBack(used.token, { ...SUCCESS, data: { name: 'Ada' } });
    await world.call('DELETE', `/api/users/${target.email}`);
    expect(codeOf(await unchanged(target, () => callBack(target.token, SUCCESS)))).toEqual([410, 'Gone']);
    expect(await used.row()).toMatchObject({ status: 'success', data: null });
  });

  it.each([
    ['no JSON', 'success', 400, 'BadJsonBody'],
    ['an empty one', '', 400, 'BadParams'],
    ['another status', { status: 'done' }, 400, 'BadParams'],
    ['no status', {}, 400, 'BadParams'],
    ['another field', { ...SUCCESS, retry: true }, 400, 'BadParams'],
    ['data that is no object', { ...SUCCESS, data: [1] }, 400, 'BadParams'],
    ['more than 64 KiB', { ...SUCCESS, data: { text: 'x'.repeat(65_536) } }, 413, 'PayloadTooLarge'],
    ['a field named __proto__', '{"status":"success","data":{"__proto__":1}}', 400, 'BadJsonBody'],
  ])('with a body of %s', async (_name, body, status, code) => {
    const target = await delivery({ dueAt: inAnHour() });
    const answer = await unchanged(target, () => callBack(target.token, body));
    expect(codeOf(answer)).toEqual([status, code]);
  });

  it('with another method, or another content type', async () => {
    const { token } = await delivery({ dueAt: inAnHour() });
    expect(await world.call('GET', `/callbacks/${token}`)).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
    });
    const text = await callBack(token, SUCCESS, { headers: { 'content-type': 'text/plain' } });
    expect(text.status).toBe(415);
  });
});

describe('a callback', () => {
  it('leaves no token in the database, in plain text', async () => {
    const { token, row } = await delivery({ dueAt: inAnHour() });
    expect((await row())!.tokenHash).toEqual(hashOfToken(token));
    expect(token).toMatch(/^[\w-]{32}$/);
  });

  it('is deleted with its entry', async () => {
    const { entryId, row } = await delivery({ dueAt: inAnHour() });
    await world.db.execute(sql`delete from entries where id = ${entryId}`);
    expect(await row()).toBeUndefined();
  });

  it.each([
    ['a webhook that does not sign', 'tiles[0].callback', /Turn on its signing/],
    ['an inline webhook', 'tiles[0].callback', /Save the webhook, turn its signing on/],
    ['a status that is no success', 'tiles[0].callback.on', /200 to 299/],
    ['no timeout', 'tiles[0].callback.timeout', /./],
    ['a way to no tile', 'tiles[0].callback.onFailure', /There is no tile “nowhere”/],
    ['an unknown field', 'tiles[0].callback.onSucces', /./],
  ])('is refused with %s', async (name, path, message) => {
    const quiet = { name: 'Quiet', endpoint: 'https://api.example.com/' };
    const { id: unsigned } = (await world.call('POST', '/api/journeyWebhooks', quiet)).body;
    const callback = { timeout: '1 day' };
    const inline = { webhook: { method: 'PUT', url: 'https://api.example.com/' }, callback };
    const tiles: Record<string, object> = {
      'a webhook that does not sign': { webhookId: unsigned, callback },
      'an inline webhook': inline,
      'a status that is no success': { webhookId, callback: { ...callback, on: 503 } },
      'no timeout': { webhookId, callback: {} },
      'a way to no tile': { webhookId, callback: { ...callback, onFailure: 'nowhere' } },
      'an unknown field': { webhookId, callback: { ...callback, onSucces: 'exit' } },
    };
    const journey = { name: 'Approval', tiles: [{ id: 'ask', type: 'webhook', ...tiles[name] }] };
    const saved = await world.call('POST', '/api/journeys', journey);
    const refused =
      saved.status === 201 ? await world.call('POST', `/api/journeys/${saved.body.id}/publish`) : saved;
    expect(refused).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(refused.body.params[path]).toMatch(message);
  });
});
