import { calmEvents } from '../support/history';
import { readable } from '../support/readable';
import { createWorld, type World } from '../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const EMAIL = 'jane.roe@example.com';
const PERSONAL = ['jane.roe', 'p4ssw0rd', 'purple', 'Rendered', 'answer-body', 't0ken'];

async function historyOf(workflowId: string) {
  const { events } = await world.client.workflow.getHandle(workflowId).fetchHistory();
  return events;
}

async function eventsOf(tiles: (webhookId: number) => object[], ...replies: number[]): Promise<string[]> {
  const path = `/count-${Math.random()}`;
  world.receiver.respondAt(path, ...(replies.length > 0 ? replies : [200]));
  const webhookId = await world.webhook({ endpoint: world.receiver.url + path });
  const entryId = await world.enter(await world.journey(tiles(webhookId)));
  await world.ended(entryId);
  return calmEvents(await historyOf(entryId));
}

describe('the history of an entry', () => {
  it.each([0, 1, 2, 5])(
    'has 5 + 6N events for %i webhooks, or one more if nothing is delivered',
    async (n) => {
      const events = await eventsOf((webhookId) =>
        Array.from({ length: n }, (_, index) => ({ id: `call-${index}`, type: 'webhook', webhookId })),
      );
      expect(events).toHaveLength(n === 0 ? 6 : 5 + 6 * n);
    },
  );

  it('does not grow for a retry', async () => {
    const events = await eventsOf(
      (webhookId) => [{ id: 'call', type: 'webhook', webhookId }],
      503,
      503,
      503,
      200,
    );
    expect(events).toHaveLength(11);
  });

  it('grows by one event for the reason of an exit', async () => {
    const events = await eventsOf((webhookId) => [{ id: 'call', type: 'webhook', webhookId }], 400);
    expect(events).toHaveLength(12);
  });

  it('grows by five events for a delay, and two for where the user waits', async () => {
    const events = await eventsOf((webhookId) => [
      { id: 'wait', type: 'delay', for: '30 days' },
      { id: 'call', type: 'webhook', webhookId },
    ]);
    expect(events).toHaveLength(11 + 5 + 2);
  });

  it('holds no user, no secret, and nothing that was sent or answered', async () => {
    world.receiver.respondAt(
      '/private',
      { status: 503, body: 'answer-body' },
      { status: 400, body: 'answer-body' },
    );
    world.receiver.respondAt('/private-token', { body: { access_token: 't0ken' } });
    const webhookId = await world.webhook({
      endpoint: `${world.receiver.url}/private`,
      authentication: {
        type: 'oauth2',
        clientId: 'client',
        clientSecret: 'p4ssw0rd',
        tokenUrl: `${world.receiver.url}/private-token`,
      },
      body: { note: 'Rendered {{color}}' },
    });
    const journeyId = await world.journey([
      { id: 'wait', type: 'delay', for: '1 hour' },
      { id: 'call', type: 'webhook', webhookId },
    ]);
    const entryId = await world.enter(journeyId, {
      identity: { email: EMAIL },
      dataFields: { color: 'purple' },
    });
    const { deliveries } = await world.ended(entryId);
    expect(deliveries[0]!.attempts).toHaveLength(2);
    const history = readable(await historyOf(entryId));
    expect(history).toContain(`"entryId":"${entryId}"`);
    for (const word of PERSONAL) expect(history).not.toContain(word);
    const description = await world.client.workflow.getHandle(entryId).describe();
    expect(
      JSON.stringify([description.memo, description.searchAttributes, description.workflowId]),
    ).not.toContain('jane');
  });
});
