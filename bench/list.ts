import { insertWebhook } from '../src/db/webhooks/webhooks';
import { freezeVersion, insertJourney } from '../src/db/journeys/journeys';
import { JourneyDefinition } from '../src/domain/journeys/journey';
import { planOf } from '../src/domain/journeys/plan';
import { splitSecret } from '../src/domain/webhooks/authentication';
import { WebhookInput } from '../src/domain/webhooks/webhook';
import { type ApiWorld, createApiWorld } from '../test/support/api-world';
import { atMost, type Benchmark, type Row, reported } from './support/table';

const FEW = 100;
const ROUNDS = 40;
const PER_JOURNEY = 50;

/** A page must not slow down with the number of rows on other pages. */
const MOST_TIMES_SLOWER = 2;

interface Stock {
  world: ApiWorld;
  webhookIds: number[];
  journeyIds: number[];
}

/** An API with this many webhooks, each called by one tile of a published journey and by one of its draft. */
async function stock(webhooks: number): Promise<Stock> {
  const world = await createApiWorld();
  const { name, authentication, ...input } = WebhookInput.parse({
    name: 'Benchmark',
    endpoint: 'https://api.example.com/users',
  });
  const definition = { ...input, authentication: splitSecret(authentication).stored };
  const webhookIds: number[] = [];
  const journeyIds: number[] = [];
  while (webhookIds.length < webhooks) {
    const made = await Promise.all(
      Array.from({ length: PER_JOURNEY }, () =>
        insertWebhook(world.db, { name, definition, secretId: null }),
      ),
    );
    const tiles = made.map(({ id }, index) => ({ id: `tile-${index}`, type: 'webhook', webhookId: id }));
    const journey = JourneyDefinition.parse({ name: 'Benchmark', tiles });
    const row = (await insertJourney(world.db, { definition: journey, secrets: {}, creator: null }))!;
    await freezeVersion(world.db, row, journey, planOf(row.id, journey.tiles));
    webhookIds.push(...made.map((webhook) => webhook.id));
    journeyIds.push(row.id);
  }
  return { world, webhookIds, journeyIds };
}

/** The fastest of alternating calls to each, in ms: other load on the machine only makes calls slower. */
async function compare(few: Stock, many: Stock, urlOf: (stock: Stock) => string): Promise<[number, number]> {
  const times = { few: [] as number[], many: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.few.push(await timed(few, urlOf(few)));
    times.many.push(await timed(many, urlOf(many)));
  }
  return [Math.min(...times.few), Math.min(...times.many)];
}

async function timed({ world }: Stock, url: string): Promise<number> {
  const began = performance.now();
  const { status, body } = await world.call('GET', url);
  if (status !== 200) throw new Error(`GET ${url} answered ${status}: ${JSON.stringify(body)}`);
  return performance.now() - began;
}

/** The token of a page that begins after this webhook. */
const after = (id: number) => Buffer.from(String(id)).toString('base64url');
const middle = <Item>(items: Item[]): Item => items[Math.floor(items.length / 2)]!;

const CALLS: [string, (stock: Stock) => string][] = [
  ['the first page', () => '/api/journeyWebhooks'],
  [
    'a page in the middle',
    ({ webhookIds }) => `/api/journeyWebhooks?pageToken=${after(middle(webhookIds) + 1)}`,
  ],
  ['the webhooks of one journey', ({ journeyIds }) => `/api/journeyWebhooks?usedBy=${middle(journeyIds)}`],
  [
    'the tiles that rely on one webhook',
    ({ webhookIds }) => `/api/journeyWebhooks/${middle(webhookIds)}/usage`,
  ],
];

export async function run(webhooks = 10_000): Promise<Row[]> {
  const few = await stock(FEW);
  const many = await stock(webhooks);
  try {
    const rows: Row[] = [];
    for (const [what, urlOf] of CALLS) {
      const [fewMs, manyMs] = await compare(few, many, urlOf);
      const ratio = Math.round((manyMs / fewMs) * 100) / 100;
      rows.push(
        atMost(`${what}: time with ${webhooks} webhooks over time with ${FEW}`, MOST_TIMES_SLOWER, ratio),
        reported(`${what}: ms with ${FEW} and with ${webhooks}`, `${fewMs.toFixed(1)}, ${manyMs.toFixed(1)}`),
      );
    }
    return rows;
  } finally {
    await few.world.close();
    await many.world.close();
  }
}

export default {
  summary: 'pages of the list of webhooks, with their usage, when there are many (half a minute)',
  run,
} satisfies Benchmark;
