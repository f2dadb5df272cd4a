import { sql } from 'drizzle-orm';
import { raiseNotification } from '../../src/db/notifications/notifications';
import { EVENT_TYPES } from '../../src/domain/webhooks/event-webhook';
import { createAgent } from '../../src/webhook/agent';
import { type ApiWorld, createApiWorld, publishJourney } from '../support/api-world';
import { startReceiver } from '../support/receiver';

/** The API as it listens, for a tool that calls it with whatever its document allows. */
export interface ContractServer {
  /** Without a slash at its end. */
  url: string;
  /** A key that may do everything. */
  apiKey: string;
  /** What the log has of our own faults, parsed. */
  faults: () => Record<string, unknown>[];
  close: () => Promise<void>;
}

const ERROR_LEVEL = 50;

/**
 * The API on a database of its own, with something of each kind in it. No worker runs, and nothing leaves loopback:
 * every call of a test of webhooks goes to a receiver of ours, whatever URL it names.
 */
export async function startContractServer(): Promise<ContractServer> {
  const receiver = await startReceiver({ body: { access_token: 'token', plan: 'pro' } });
  const agent = createAgent({ allowedNetworks: ['127.0.0.0/8'], allowHttp: true }, { connections: 20 });
  const toReceiver = agent.compose(
    (dispatch) => (options, handler) => dispatch({ ...options, origin: receiver.url }, handler),
  );
  // Simulations are not run: thousands of them would take longer than the rest.
  const world = await createApiWorld({ agent: toReceiver });
  await fill(world);
  return {
    url: await world.app.listen({ port: 0, host: '127.0.0.1' }),
    apiKey: world.apiKey,
    faults: () => world.logged.filter(({ level }) => Number(level) >= ERROR_LEVEL),
    async close() {
      await world.close();
      await agent.close();
      await receiver.close();
    },
  };
}

/** So that some calls find what they name: ids from 1 on, and the users of the document's examples. */
const OF_EACH = 5;
const EMAILS = ['ada@example.com', 'ada@example.org', 'grace@example.org'];

async function fill(world: ApiWorld): Promise<void> {
  for (let count = 0; count < OF_EACH; count += 1) {
    await publishJourney(world);
    await post(world, '/api/lists', { name: 'Readers' });
    await post(world, '/api/eventWebhooks', {
      name: 'CRM',
      targetUrl: 'https://crm.example.com/hook',
      eventTypes: EVENT_TYPES,
    });
    await raiseNotification(world.db, { ...TROUBLE, webhookId: count + 1 });
  }
  for (const email of EMAILS) {
    await post(world, '/api/users/update', { email, dataFields: { plan: 'pro' } });
    await post(world, '/api/lists/subscribe', { listId: 1, subscribers: [{ email }] });
    await post(world, '/api/events/track', { email, eventName: 'purchase' });
    await post(world, '/api/workflows/triggerWorkflow', { email, workflowId: 1 });
  }
  await addUnknownWords(world);
}

/** Rows with words that this version does not know, as a newer one may leave them: no read of them may fail. */
async function addUnknownWords({ db }: ApiWorld): Promise<void> {
  await db.execute(sql`
    update entries set status = 'exited', reason = 'solar_flare', detail = 'x', ended_at = now()
    where id = (select min(id) from entries)`);
  await db.execute(sql`
    insert into deliveries (id, entry_id, journey_id, tile_id, visit, status, reason, detail, created_at, ended_at)
    select 'dlv_odd', min(id), 1, 'crm', 1, 'failed', 'solar_flare', 'x', now(), now() from entries`);
  await db.execute(sql`
    insert into attempts (delivery_id, generation, number, started_at, outcome, reason, detail)
    values ('dlv_odd', 1, 1, now(), 'giveUp', 'solar_flare', 'x')`);
  await db.execute(sql`
    insert into notifications (kind, subject, created_at, updated_at) values ('solar_flare', 'x', now(), now())`);
}

const TROUBLE = {
  kind: 'webhook_failed',
  ...{ journeyId: 1, tileId: 'crm', entryId: null, deliveryId: null },
  detail: '503 after 4 requests',
  at: Date.now(),
} as const;

async function post({ call }: ApiWorld, path: string, body: object): Promise<void> {
  const { status, body: answer } = await call('POST', path, body);
  if (status > 299) throw new Error(`POST ${path}: ${JSON.stringify(answer)}`);
}
