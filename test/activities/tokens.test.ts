import { eq } from 'drizzle-orm';
import { oauthTokens } from '../../src/db/schema';
import { SYSTEM } from '../../src/domain/audit';
import { WebhookInput } from '../../src/domain/webhooks/webhook';
import { replaceWebhook } from '../../src/usecases/webhooks/save-webhook';
import { createWorld, type World } from '../support/world';
import type { Recorded, Reply } from '../support/receiver';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

interface OAuthCase {
  journeyId: number;
  webhookId: number;
  calls: () => Recorded[];
  tokenRequests: () => Recorded[];
}

/** A token endpoint that issues token-1, token-2, … with this lifetime in seconds. */
function issuesTokens(expiresIn = 1): Reply {
  let issued = 0;
  return (_request, response) => {
    issued += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: `token-${issued}`, expires_in: expiresIn }));
  };
}

/** A journey of one webhook behind OAuth. */
async function behindOAuth(
  name: string,
  replies: Reply[],
  tokenReplies: Reply[] = [issuesTokens()],
  more: object = {},
): Promise<OAuthCase> {
  const { receiver } = world;
  receiver.respondAt(`/${name}`, ...replies);
  receiver.respondAt(`/${name}/token`, ...tokenReplies);
  const webhookId = await world.webhook({
    endpoint: `${receiver.url}/${name}`,
    authentication: {
      type: 'oauth2',
      clientId: 'client',
      clientSecret: 's3cret&more',
      tokenUrl: `${receiver.url}/${name}/token`,
      ...more,
    },
  });
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
  const at = (path: string) => receiver.requests.filter((request) => request.url === path);
  return { journeyId, webhookId, calls: () => at(`/${name}`), tokenRequests: () => at(`/${name}/token`) };
}

const bearers = (calls: Recorded[]) => calls.map((call) => call.headers.authorization);
const pass = async (journeyId: number) => world.ended(await world.enter(journeyId));

describe('a webhook behind OAuth', () => {
  it('asks for a token once and sends it with every delivery (B058–B065)', async () => {
    const { journeyId, calls, tokenRequests } = await behindOAuth('steady', [200]);
    await pass(journeyId);
    await pass(journeyId);
    expect(bearers(calls())).toEqual(['Bearer token-1', 'Bearer token-1']);
    expect(tokenRequests()).toHaveLength(1);
    expect(tokenRequests()[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      text: 'client_id=client&client_secret=s3cret%26more&grant_type=client_credentials',
    });
  });

  it('refreshes the token on a 401 and calls again at once, with the same id (B066)', async () => {
    const { journeyId, calls } = await behindOAuth('refused-once', [401, 200]);
    const { entry, deliveries } = await pass(journeyId);
    expect(entry.status).toBe('completed');
    expect(bearers(calls())).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(new Set(calls().map((call) => call.headers['webhook-id'])).size).toBe(1);
    expect(deliveries[0]!.attempts.map((attempt) => attempt.outcome)).toEqual(['unauthorized', 'delivered']);
  });

  it('exits on the fourth 401 (B067)', async () => {
    const { journeyId, calls, tokenRequests } = await behindOAuth('refused-always', [401]);
    const { entry } = await pass(journeyId);
    expect(calls()).toHaveLength(4);
    expect(tokenRequests()).toHaveLength(4);
    expect(entry).toMatchObject({ status: 'exited', reason: 'unauthorized' });
  });

  it('gives up on a 403 by default, and refreshes the token on it where refreshOn has it (B066)', async () => {
    const plain = await behindOAuth('forbidden', [403, 200]);
    expect((await pass(plain.journeyId)).entry).toMatchObject({ status: 'exited', reason: 'http_status' });
    const refreshed = await behindOAuth('forbidden-once', [403, 401, 200], undefined, {
      refreshOn: [401, 403],
    });
    expect((await pass(refreshed.journeyId)).entry.status).toBe('completed');
    expect(bearers(refreshed.calls())).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3']);
    const always = await behindOAuth('forbidden-always', [403], undefined, { refreshOn: [401, 403] });
    expect((await pass(always.journeyId)).entry).toMatchObject({ status: 'exited', reason: 'unauthorized' });
    expect(always.calls()).toHaveLength(4);
  });

  it('tries a token that is over by its own expires_in first; a 403 counts as refreshOn says (B064)', async () => {
    const reply: Reply = ({ headers }, response) =>
      response.writeHead(headers.authorization === 'Bearer token-1' && isOver ? 403 : 200).end();
    let isOver = false;
    const { journeyId, calls } = await behindOAuth('over', [reply], [issuesTokens(0)], {
      refreshOn: [401, 403],
    });
    await pass(journeyId);
    isOver = true;
    expect((await pass(journeyId)).entry.status).toBe('completed');
    expect(bearers(calls())).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  it('does not use the token of an authentication that was changed', async () => {
    const { journeyId, webhookId, calls, tokenRequests } = await behindOAuth('changed', [200]);
    await pass(journeyId);
    const { url } = world.receiver;
    const authentication = {
      ...{
        type: 'oauth2',
        clientId: 'client',
        clientSecret: { set: true },
        tokenUrl: `${url}/changed/token`,
      },
      ...{
        scope: 'orders:read',
        parameters: { audience: 'https://api.example.com' },
        clientAuthentication: 'basic',
      },
    };
    const input = WebhookInput.parse({ name: 'Test', endpoint: `${url}/changed`, authentication });
    await replaceWebhook({ ...world, author: SYSTEM }, webhookId, input);
    await pass(journeyId);
    expect(bearers(calls())).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(tokenRequests()[1]).toMatchObject({
      headers: { authorization: `Basic ${Buffer.from('client:s3cret%26more').toString('base64')}` },
      text: 'audience=https%3A%2F%2Fapi.example.com&grant_type=client_credentials&scope=orders%3Aread',
    });
  });

  it('counts retries and token refreshes apart', async () => {
    const { journeyId, calls } = await behindOAuth('mixed', [503, 401, 503, 401, 503, 401, 503]);
    const { entry, deliveries } = await pass(journeyId);
    expect(calls()).toHaveLength(7);
    expect(entry).toMatchObject({ status: 'exited', reason: 'http_status' });
    expect(deliveries[0]!.attempts.filter((attempt) => attempt.outcome === 'retry')).toHaveLength(4);
  });

  it.each<[string, Reply]>([
    ['answers 500', 500],
    ['answers text', { body: 'no' }],
    ['leaves the token out', { body: { token: 'x' } }],
    ['redirects', { status: 302, headers: { location: '/elsewhere' } }],
  ])('exits without calling the endpoint when the token endpoint %s (B029, B061)', async (name, reply) => {
    const { journeyId, calls, tokenRequests } = await behindOAuth(name.replaceAll(' ', '-'), [200], [reply]);
    const { entry, deliveries } = await pass(journeyId);
    expect(calls()).toHaveLength(0);
    expect(tokenRequests()).toHaveLength(1);
    expect(entry).toMatchObject({ status: 'exited', reason: 'token' });
    expect(deliveries).toMatchObject([{ status: 'failed', reason: 'token', attempts: [] }]);
  });

  it('exits when no new token can be fetched after a 401', async () => {
    const token: Reply = { body: { access_token: 'first' } };
    const { journeyId, calls } = await behindOAuth('no-second', [401], [token, 500]);
    const { entry } = await pass(journeyId);
    expect(calls()).toHaveLength(1);
    expect(entry).toMatchObject({ status: 'exited', reason: 'token' });
  });

  it.each([
    ['a second', 1],
    ['a year', 31_536_000],
  ])('uses a token for ten days, even if its expires_in is %s (B064, B065)', async (_lifetime, expiresIn) => {
    const token = issuesTokens(expiresIn);
    const { journeyId, calls, tokenRequests, webhookId } = await behindOAuth(
      `lives-${expiresIn}`,
      [200],
      [token],
    );
    const later = await world.journey([
      { id: 'nine-days', type: 'delay', for: '9 days' },
      { id: 'call', type: 'webhook', webhookId },
      { id: 'one-more', type: 'delay', for: '1 day' },
      { id: 'again', type: 'webhook', webhookId },
    ]);
    await pass(journeyId);
    await pass(later);
    expect(bearers(calls())).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
    expect(tokenRequests()).toHaveLength(2);
  });

  it('makes one token request when many entries are refused at once', async () => {
    const users = 20;
    const waiting = new Map<unknown, () => void>();
    // On a slow machine a request may time out before the last one arrives, and is then sent again with the same id.
    const refuseAllAtOnce: Reply = (request, response) => {
      if (request.headers.authorization !== 'Bearer token-1') return void response.end();
      waiting.set(request.headers['webhook-id'], () => {
        if (!response.headersSent) response.writeHead(401).end();
      });
      if (waiting.size === users) for (const refuse of waiting.values()) refuse();
    };
    const { journeyId, tokenRequests } = await behindOAuth('storm', [refuseAllAtOnce]);
    const entries = await Promise.all(
      Array.from({ length: users }, (_, index) =>
        world.enter(journeyId, { identity: { userId: `storm-${index}` } }),
      ),
    );
    const passages = await Promise.all(entries.map(world.ended));
    expect(passages.map(({ entry }) => entry.status)).toEqual(Array(users).fill('completed'));
    expect(tokenRequests()).toHaveLength(2);
  });

  it('stores tokens sealed', async () => {
    const { journeyId } = await behindOAuth('sealed', [200]);
    await pass(journeyId);
    const rows = await world.db.select().from(oauthTokens).where(eq(oauthTokens.version, 1));
    expect(rows.length).toBeGreaterThan(0);
    for (const { sealed } of rows) expect(sealed!.toString('latin1')).not.toContain('token-1');
  });
});
