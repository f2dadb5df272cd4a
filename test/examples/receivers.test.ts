import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { insertSigningSecret, retireSigningSecret } from '../../src/db/secrets/signing-secrets';
import { METHODS } from '../../src/domain/webhooks/request-parts';
import { Callback } from '../../src/domain/webhooks/callback';
import { newSigningSecret, signatureFault, standardHeaders } from '../../src/webhook/sign';
import { startReceiver } from '../support/receiver';
import { createWorld, type World } from '../support/world';
import { compile, EXAMPLES, launch, newFolder, run, type RunningProgram, settings } from './program';

let world: World;
let receiver: RunningProgram;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(() => receiver.stop());

/** Only ends what hangs: a build with nothing in Go's cache takes a slow machine minutes. */
const BUILD_MS = 900_000;
jest.setTimeout(1_200_000);

const RECEIVERS = join(EXAMPLES, 'receivers');

/** How each example is started. Python and Go are not needed for Wayhook, so not every machine has them. */
const LANGUAGES = [
  { name: 'TypeScript', probe: [process.execPath, '--version'], start: startTypeScript },
  { name: 'Python', probe: ['python3', '--version'], start: startPython },
  { name: 'Go', probe: ['go', 'version'], start: startGo },
].filter(({ probe: [command, ...args] }) => spawnSync(command!, args).status === 0);

function startTypeScript(more: object): RunningProgram {
  const env = settings({ PORT: '0', ...more });
  return launch(process.execPath, [compile('receivers/receiver.ts')], env);
}

function startPython(more: object): RunningProgram {
  return launch('python3', [join(RECEIVERS, 'receiver.py')], settings({ PORT: '0', ...more }));
}

async function startGo(more: object): Promise<RunningProgram> {
  return launch(await (goProgram ??= buildGo()), [], settings({ PORT: '0', ...more }));
}

/** Built once: with nothing in Go's cache that takes a minute. */
let goProgram: Promise<string> | undefined;

async function buildGo(): Promise<string> {
  const program = join(newFolder(), 'receiver');
  const source = join(RECEIVERS, 'receiver.go');
  const env = settings({ GOTOOLCHAIN: 'local' });
  const built = await run('go', ['build', '-o', program, source], env, BUILD_MS);
  expect(built).toEqual({ code: 0, output: '' });
  return program;
}

/** Starts a receiver, with further settings. Returns its address. */
async function listen(start: (typeof LANGUAGES)[number]['start'], more: object = {}): Promise<string> {
  receiver = await start(more);
  return (await receiver.nextLine()).replace('listening on ', '');
}

/** Sends one user's webhook to `url`, signed by the secrets. Returns its id and body. */
async function deliverTo(
  url: string,
  email: string,
  secrets: string[] = [],
): Promise<{ id: string; body: string }> {
  const webhookId = await world.webhook({ endpoint: url, signing: { enabled: secrets.length > 0 } });
  for (const secret of secrets) {
    await retireSigningSecret(world.db, { webhookId });
    await insertSigningSecret(world.db, world.sealer, { webhookId }, secret);
  }
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
  const { entry, deliveries } = await world.ended(await world.enter(journeyId, { identity: { email } }));
  expect(entry.status).toBe('completed');
  expect(deliveries[0]!.attempts).toMatchObject([{ status: 202 }]);
  return { id: deliveries[0]!.id, body: JSON.stringify({ email, workflowId: journeyId }) };
}

describe.each(LANGUAGES)('the example receiver in $name', ({ start }) => {
  it('answers at once, works afterwards and drops a duplicate by its webhook-id (B033, B034, B035, B037)', async () => {
    const url = await listen(start);

    const first = await deliverTo(url, 'first@example.com');
    expect(await receiver.nextLine()).toBe(`work ${first.id} ${first.body}`);

    const again = await fetch(url, { method: 'POST', headers: { 'webhook-id': first.id }, body: first.body });
    expect(again.status).toBe(202);
    expect(await receiver.nextLine()).toBe(`duplicate ${first.id}`);

    const second = await deliverTo(url, 'second@example.com');
    expect(await receiver.nextLine()).toBe(`work ${second.id} ${second.body}`);
  });

  it.each(METHODS)('accepts %s and answers 2xx (B032, B034)', async (method) => {
    const url = await listen(start);
    const headers = { 'webhook-id': 'dlv_1' };
    const body = method === 'GET' ? undefined : '{"a":1}';
    expect((await fetch(url, { method, headers, body })).status).toBe(202);
    expect(await receiver.nextLine()).toBe(`work dlv_1 ${body ?? ''}`);
  });

  it('refuses what has no webhook-id', async () => {
    const url = await listen(start);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(400);
  });

  it('accepts what its secret signed, also beside a newer one', async () => {
    const secret = newSigningSecret();
    const url = await listen(start, { SIGNING_SECRET: secret });
    for (const secrets of [[secret], [secret, newSigningSecret()]]) {
      const { id, body } = await deliverTo(url, `signed${secrets.length}@example.com`, secrets);
      expect(await receiver.nextLine()).toBe(`work ${id} ${body}`);
    }
  });

  it('refuses a wrong signature, a stale one and none', async () => {
    const secret = newSigningSecret();
    const url = await listen(start, { SIGNING_SECRET: secret });
    const now = () => Math.floor(Date.now() / 1_000);
    const post = async (headers: Record<string, string>, body = '{}') =>
      (await fetch(url, { method: 'POST', headers, body })).status;
    expect(await post(standardHeaders('dlv_1', now(), '{}', [newSigningSecret()]))).toBe(401);
    expect(await post(standardHeaders('dlv_1', now(), '{}', [secret]), '{"a":1}')).toBe(401);
    expect(await post(standardHeaders('dlv_1', now() - 310, '{}', [secret]))).toBe(401);
    expect(await post(standardHeaders('dlv_1', now() + 600, '{}', [secret]))).toBe(401);
    expect(await post(standardHeaders('dlv_1', now(), '{}', []))).toBe(401);
    expect(await post(standardHeaders('dlv_1', now(), '{}', [secret]))).toBe(202);
  });
});

describe('the example receiver that calls back', () => {
  it('answers 202, and calls the address with what its secret signs', async () => {
    const secret = newSigningSecret();
    const calls = await startReceiver();
    receiver = launch(
      process.execPath,
      [compile('receivers/callback.ts')],
      settings({ PORT: '0', SIGNING_SECRET: secret }),
    );
    const url = (await receiver.nextLine()).replace('listening on ', '');
    for (const [amount, status] of [
      [80, 'success'],
      [800, 'failure'],
    ]) {
      const headers = { 'wayhook-callback-url': `${calls.url}/callbacks/a-token` };
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ amount }) });
      expect(answer.status).toBe(202);
      expect(await receiver.nextLine()).toBe('called back: 200');
      const call = calls.requests.at(-1)!;
      expect(call).toMatchObject({ method: 'POST', url: '/callbacks/a-token' });
      expect(signatureFault(call.headers, call.text, [secret], Date.now())).toBeUndefined();
      expect(Callback.parse(call.json())).toMatchObject({ status });
    }
    await calls.close();
  });

  it('refuses a request that carries no address', async () => {
    receiver = launch(process.execPath, [compile('receivers/callback.ts')], settings({ PORT: '0' }));
    const url = (await receiver.nextLine()).replace('listening on ', '');
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(400);
  });
});
