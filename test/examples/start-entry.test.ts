import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { entries } from '../../src/db/schema';
import { createWorld, type World } from '../support/world';
import { compile, EXAMPLES, run, settings } from './program';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const STARTERS = [
  {
    name: 'start-entry.ts',
    start: (args: string[], env: NodeJS.ProcessEnv) =>
      run(process.execPath, [compile('start-entry.ts'), ...args], env),
  },
  {
    name: 'start-entry.sh',
    start: (args: string[], env: NodeJS.ProcessEnv) =>
      run('sh', [join(EXAMPLES, 'start-entry.sh'), ...args], env),
  },
];

/** A journey of one webhook at this path. */
async function journeyTo(path: string): Promise<number> {
  const webhookId = await world.webhook({ endpoint: `${world.receiver.url}${path}` });
  return world.journey([{ id: 'crm', type: 'webhook', webhookId }]);
}

describe.each(STARTERS)('the example $name, with only a Temporal client', ({ name, start }) => {
  it('starts an entry that is listed like any other, and waits for its end', async () => {
    const journeyId = await journeyTo(`/${name}`);
    const email = `${name}@example.com`;
    const { code, output } = await start(
      [String(journeyId), email],
      settings({ TASK_QUEUE: world.taskQueue }),
    );
    expect(output).toContain('completed');
    expect(code).toBe(0);

    const sent = world.receiver.requests.find(({ url }) => url === `/${name}`);
    expect(sent!.json()).toEqual({ promotionId: 123, color: 'red', email, workflowId: journeyId });
    const [entry] = await world.db.select().from(entries).where(eq(entries.journeyId, journeyId));
    expect(entry).toMatchObject({ status: 'completed', workflowId: expect.stringMatching(/^example-/) });
  });

  it('ends with exit code 1 and the reason when the webhook fails for good', async () => {
    world.receiver.respondAt(`/refused/${name}`, 410);
    const journeyId = await journeyTo(`/refused/${name}`);
    const { code, output } = await start([String(journeyId)], settings({ TASK_QUEUE: world.taskQueue }));
    expect(output).toContain('Exited at tile crm: The endpoint answered 410 Gone.');
    expect(code).toBe(1);
  });
});
