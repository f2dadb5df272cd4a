import { sql } from 'drizzle-orm';
import type { Database } from '../../../src/db/connection/client';
import { acceptEntry } from '../../../src/db/entries/accept';
import { newEntryId } from '../../../src/db/entries/insert';
import { insertEntries } from '../../../src/db/entries/enter';
import { changeMembership } from '../../../src/db/lists/memberships';
import { lockUser } from '../../../src/db/users/lock';
import { type ApiWorld, type Answer, createApiWorld } from '../../support/api-world';
import { undispatched } from '../../support/database';
import { statementsWait } from '../../support/waiting';

/* Who waits for whom. The embedded database has one connection: there, nobody shares anything. */

const onPostgres = process.env.DATABASE_URL ? describe : describe.skip;

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const post = (path: string, body: object = {}) => world.call('POST', `/api${path}`, body);

async function published(): Promise<number> {
  const { body } = await post('/journeys', { name: 'Any', tiles: [] });
  await post(`/journeys/${body.id}/publish`);
  return body.id as number;
}

async function newList(): Promise<number> {
  return (await post('/lists', { name: 'Readers' })).body.listId as number;
}

const trigger = (workflowId: number, userId: string) =>
  post('/workflows/triggerWorkflow', { workflowId, userId });

function accept(tx: Database, journeyId: number, userId: string): Promise<boolean> {
  const entry = { entryId: newEntryId(), journeyId, identity: { userId }, triggerData: {} };
  return acceptEntry(undispatched(tx), entry);
}

async function subscribe(tx: Database, listId: number, userId: string): Promise<void> {
  await post('/users/update', { userId });
  const user = (await lockUser(tx, { userId }))!;
  await changeMembership(undispatched(tx), user, 'listSubscribe', listId, {});
}

/** Something that operators change while others share it. */
interface Shared {
  share: (tx: Database) => Promise<unknown>;
  operate: () => Promise<Answer>;
  /** Reads whether what the operator did is there. */
  isOperated: () => Promise<boolean>;
  /** A call that shares it too, and what it is answered once the operator is done. */
  shareLater: () => Promise<Answer>;
  answer: object;
}

async function journey(): Promise<Shared> {
  const id = await published();
  return {
    share: (tx) => accept(tx, id, 'first'),
    operate: () => world.call('DELETE', `/api/journeys/${id}`),
    isOperated: async () => (await world.call('GET', `/api/journeys/${id}`)).body.status === 'archived',
    shareLater: () => trigger(id, 'later'),
    answer: { status: 400, body: { params: { workflowId: expect.stringContaining('is archived') } } },
  };
}

async function list(): Promise<Shared> {
  const id = await newList();
  return {
    share: (tx) => subscribe(tx, id, 'first'),
    operate: () => world.call('DELETE', `/api/lists/${id}`),
    isOperated: async () => (await world.call('GET', `/api/lists/${id}/size`)).status !== 200,
    shareLater: () => post('/lists/subscribe', { listId: id, subscribers: [{ userId: 'later' }] }),
    // The deletion committed while the call was under way, which then had no effect.
    answer: { status: 200 },
  };
}

onPostgres('an operator who waits for those who share a row', () => {
  it.each([
    ['journey', journey],
    ['list', list],
  ])('is not passed by those who come later: a %s', async (_, prepare) => {
    const { share, operate, isOperated, shareLater, answer } = await prepare();
    let wasOperated: boolean | undefined;
    let calls: Promise<Answer>[] = [];
    await world.db.transaction(async (tx) => {
      await share(tx);
      const operator = operate();
      await statementsWait(world.db);
      const later = shareLater().finally(async () => void (wasOperated = await isOperated()));
      calls = [operator, later];
      await Promise.race([later, statementsWait(world.db, 2)]);
    });
    const [operated, shared] = await Promise.all(calls);
    expect(operated).toMatchObject({ status: 200 });
    expect(shared).toMatchObject(answer);
    expect(wasOperated).toBe(true);
  });

  it('holds nobody up for good where two users of the journey wait for each other', async () => {
    const id = await published();
    await post('/users/update', { userId: 'both' });
    const calls: Promise<Answer>[] = [];
    await world.db.transaction(async (tx) => {
      const user = (await lockUser(tx, { userId: 'both' }))!;
      calls.push(trigger(id, 'both'));
      await statementsWait(world.db);
      calls.push(world.call('DELETE', `/api/journeys/${id}`));
      await statementsWait(world.db, 2);
      // Behind the operator, who is behind the trigger call, which is behind this: Postgres changes the queue.
      const entry = { userId: user.id, journeyId: id, version: 1 };
      expect(await insertEntries(undispatched(tx), [entry], {})).toHaveLength(1);
    });
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200]);
  });
});

onPostgres('an operator', () => {
  it.each([
    [
      'journey',
      async () => {
        const id = await published();
        return [sql`journeys where id = ${id}`, () => post(`/journeys/${id}/unpublish`)];
      },
    ],
    [
      'webhook',
      async () => {
        const webhook = { name: 'CRM', endpoint: 'https://api.example.com/users' };
        const { id } = (await post('/journeyWebhooks', webhook)).body;
        return [
          sql`webhooks where id = ${id}`,
          () => world.call('PUT', `/api/journeyWebhooks/${id}`, { ...webhook, name: 'Other' }),
        ];
      },
    ],
    [
      'event webhook',
      async () => {
        const webhook = { name: 'Ours', targetUrl: 'https://api.example.com', eventTypes: ['message.sent'] };
        const { id } = (await post('/eventWebhooks', webhook)).body;
        return [
          sql`event_webhooks where id = ${id}`,
          () => world.call('PUT', `/api/eventWebhooks/${id}`, { ...webhook, name: 'Other' }),
        ];
      },
    ],
    [
      'API key',
      async () => {
        const { id } = (await post('/apiKeys', { name: 'CI', scopes: ['admin'] })).body;
        return [sql`api_keys where id = ${id}`, () => world.call('DELETE', `/api/apiKeys/${id}`)];
      },
    ],
  ] as [string, () => Promise<[ReturnType<typeof sql>, () => Promise<Answer>]>][])(
    'does not wait for rows that refer to their %s',
    async (_, prepare) => {
      const [row, operate] = await prepare();
      await world.db.transaction(async (tx) => {
        // As the insertion of a row that refers to it.
        await tx.execute(sql`select 1 from ${row} for key share`);
        expect((await operate()).status).toBeLessThan(300);
      });
    },
  );
});
