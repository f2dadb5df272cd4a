import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createWorld, type World } from '../support/world';
import { compile, EXAMPLES, launch, newFolder, run, type RunningProgram, settings } from './program';

let world: World;
let receiver: RunningProgram;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(() => receiver.stop());

const RECEIVERS = join(EXAMPLES, 'receivers');

/** How each example is started. Python and Go are not needed for Wayhook, so not every machine has them. */
const LANGUAGES = [
  { name: 'TypeScript', probe: [process.execPath, '--version'], start: startTypeScript },
  { name: 'Python', probe: ['python3', '--version'], start: startPython },
  { name: 'Go', probe: ['go', 'version'], start: startGo },
].filter(({ probe: [command, ...args] }) => spawnSync(command!, args).status === 0);

function startTypeScript(): RunningProgram {
  return launch(process.execPath, [compile('receivers/receiver.ts')], settings({ PORT: '0' }));
}

function startPython(): RunningProgram {
  return launch('python3', [join(RECEIVERS, 'receiver.py')], settings({ PORT: '0' }));
}

async function startGo(): Promise<RunningProgram> {
  const program = join(newFolder(), 'receiver');
  const source = join(RECEIVERS, 'receiver.go');
  const built = await run('go', ['build', '-o', program, source], settings({ GOTOOLCHAIN: 'local' }));
  expect(built).toEqual({ code: 0, output: '' });
  return launch(program, [], settings({ PORT: '0' }));
}

/** Sends one user's webhook to `url`. Returns its id and body. */
async function deliverTo(url: string, email: string): Promise<{ id: string; body: string }> {
  const webhookId = await world.webhook({ endpoint: url });
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
  const { entry, deliveries } = await world.ended(await world.enter(journeyId, { identity: { email } }));
  expect(entry.status).toBe('completed');
  expect(deliveries[0]!.attempts).toMatchObject([{ status: 202 }]);
  return { id: deliveries[0]!.id, body: JSON.stringify({ email, workflowId: journeyId }) };
}

describe.each(LANGUAGES)('the example receiver in $name', ({ start }) => {
  it('answers at once, works afterwards and drops a duplicate by its webhook-id (B034, B035, B037)', async () => {
    receiver = await start();
    const url = (await receiver.nextLine()).replace('listening on ', '');

    const first = await deliverTo(url, 'first@example.com');
    expect(await receiver.nextLine()).toBe(`work ${first.id} ${first.body}`);

    const again = await fetch(url, { method: 'POST', headers: { 'webhook-id': first.id }, body: first.body });
    expect(again.status).toBe(202);
    expect(await receiver.nextLine()).toBe(`duplicate ${first.id}`);

    const second = await deliverTo(url, 'second@example.com');
    expect(await receiver.nextLine()).toBe(`work ${second.id} ${second.body}`);
  });

  it('refuses what has no webhook-id', async () => {
    receiver = await start();
    const url = (await receiver.nextLine()).replace('listening on ', '');
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(400);
  });
});
