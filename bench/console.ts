import { NARROW } from '../test/console/support/browser';
import { type ConsoleWorld, openConsole, signIn } from '../test/console/support/console';
import { longestPause, openCold, stockConsole, turnWheel } from './support/browsing';
import { atMost, type Benchmark, reported, type Row } from './support/table';

const ROW = '[role=row][data-index]';
const COLD_RUNS = 5;
const MOST_INTERACTIVE_MS = 1_000;
const MOST_PAUSE_MS = 100;

/** What is opened, what shows that it is there, and the most kB of script that it may need, compressed. */
type Page = [what: string, path: string, ready: string, mostKb: number];

const PAGES = (journey: number): Page[] => [
  ['a list', '/webhooks', ROW, 170],
  ['a journey', `/journeys/${journey}?view=canvas`, '.react-flow__node', 230],
  ['the form with its editor', '/webhooks/new', '.cm-content', 280],
];

export function run(webhooks = 10_000): Promise<Row[]> {
  return withStock(webhooks, async (world, counts, journey) => [
    ...(await openings(world, journey, COLD_RUNS)),
    ...(await using(world, counts, journey)),
  ]);
}

/** Only the first loads, each in one new browser. */
export function runOpenings(): Promise<Row[]> {
  return withStock(500, (world, _counts, journey) => openings(world, journey, 1));
}

type Counts = Record<'webhooks' | 'deliveries' | 'journeys' | 'tiles', number>;

async function withStock(
  webhooks: number,
  measure: (world: ConsoleWorld, counts: Counts, journey: number) => Promise<Row[]>,
): Promise<Row[]> {
  const world = await openConsole();
  try {
    const counts = { webhooks, deliveries: webhooks * 10, journeys: webhooks / 20, tiles: webhooks / 50 };
    return await measure(world, counts, await stockConsole(world, counts));
  } finally {
    await world.close();
  }
}

/** The first page, then, signed in, the others. */
async function openings(world: ConsoleWorld, journey: number, runs: number): Promise<Row[]> {
  const rows = await opening(world, ['signing in', '/sign-in', 'input[type=password]', 170], runs);
  await signIn(world);
  for (const page of PAGES(journey)) rows.push(...(await opening(world, page, runs)));
  return rows;
}

async function opening(
  world: ConsoleWorld,
  [what, path, ready, mostKb]: Page,
  count: number,
): Promise<Row[]> {
  const runs = [];
  for (let run = 0; run < count; run += 1) runs.push(await openCold(world, path, ready));
  const times = runs.map(({ interactiveMs }) => interactiveMs).sort((a, b) => a - b);
  const median = Math.round(times[count >> 1]!);
  return [
    atMost(`kB of script at first load: ${what}`, mostKb, Math.round(runs[0]!.script / 1_000)),
    atMost(`ms until it can be used, median of ${count} new browsers: ${what}`, MOST_INTERACTIVE_MS, median),
  ];
}

/** The longest pauses of lists and of the canvas at these sizes. */
async function using(
  world: ConsoleWorld,
  { webhooks, deliveries, journeys, tiles }: Counts,
  journey: number,
): Promise<Row[]> {
  const { page } = world;
  const rows: Row[] = [];
  const measure = async (what: string, act: () => Promise<void>) => {
    rows.push(atMost(`ms of the longest pause: ${what}`, MOST_PAUSE_MS, await longestPause(world, act)));
  };
  for (const [path, what] of [
    ['/webhooks', `${webhooks} webhooks`],
    ['/deliveries', `${deliveries} deliveries`],
    ['/journeys', `${journeys} journeys`],
  ] as const) {
    await page.goto(path);
    await page.locator(ROW).first().waitFor();
    await measure(`scrolling through ${what}`, () => turnWheel(world, '[role=grid]', 200, 900));
    rows.push(reported(`rows that were loaded then: ${what}`, await loadedRows(world)));
  }
  await page.goto('/webhooks');
  await page.locator(ROW).first().waitFor();
  await measure(`filtering ${webhooks} webhooks as one types`, async () => {
    await page.getByRole('searchbox').pressSequentially('webhook 99', { delay: 30 });
    await page.locator(ROW).first().waitFor();
  });
  await page.goto(`/journeys/${journey}?view=canvas`);
  await page.locator('.react-flow__node').first().waitFor();
  await measure(`panning a journey of ${tiles} tiles`, () => turnWheel(world, '.react-flow__pane', 120, 120));
  await page.keyboard.down('Control');
  await measure(`zooming it`, () => turnWheel(world, '.react-flow__pane', 60, 60));
  await page.keyboard.up('Control');
  await page.setViewportSize(NARROW);
  await page.goto(`/journeys/${journey}?view=list`);
  await page.locator('[data-tile=tile-1]').waitFor();
  await measure(`scrolling its list view`, () => turnWheel(world, '#main', 120, 300));
  return rows;
}

async function loadedRows({ page }: ConsoleWorld): Promise<number> {
  return (await page.evaluate(
    `Math.max(...[...document.querySelectorAll('${ROW}')].map((row) => Number(row.dataset.index))) + 1`,
  )) as number;
}

export default {
  summary:
    'pages of the console: their first load, and their longest pauses when there is much to show (a minute)',
  needs: ['browser'],
  run,
} satisfies Benchmark;
