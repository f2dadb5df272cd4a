import { createWorld, type World } from '../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(() => jest.restoreAllMocks());

/** Lets so many of the runs of templates that follow take a second of time, and of the processor, at one of their steps. */
function stall(times: number): void {
  let lostMs = 0;
  let left = times;
  const now = performance.now.bind(performance);
  const cpuUsage = process.cpuUsage.bind(process);
  jest.spyOn(performance, 'now').mockImplementation(() => {
    if (left > 0 && new Error().stack!.includes('at reserve ')) {
      left -= 1;
      lostMs += 1_000;
    }
    return now() + lostMs;
  });
  jest.spyOn(process, 'cpuUsage').mockImplementation(() => {
    const { user, system } = cpuUsage();
    return { user: user + lostMs * 1_000, system };
  });
}

async function sendThrough(path: string) {
  const webhookId = await world.webhook({ endpoint: `${world.receiver.url}${path}?of={{userId}}` });
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
  return (await world.ended(await world.enter(journeyId))).entry;
}

describe('a machine that stalls while a webhook is rendered', () => {
  it('does not make the user exit if the next try works', async () => {
    stall(1);
    expect(await sendThrough('/once')).toMatchObject({ status: 'completed' });
  });

  it('ends the entry like a slow template if it stalls again (B149)', async () => {
    stall(Infinity);
    expect(await sendThrough('/always')).toMatchObject({
      status: 'exited',
      reason: 'render',
      detail: expect.stringMatching(/^The endpoint: .* took more than 150 ms/),
    });
  });
});
