import { sql } from 'drizzle-orm';
import type { Database } from '../../src/db/connection/client';
import { publishJourney } from '../../test/support/api-world';
import { openBrowser } from '../../test/console/support/browser';
import type { ConsoleWorld } from '../../test/console/support/console';

/* What a browser shows of the console, and how long it takes. */

/** What the first opening of a page costs in a browser that has never been here. */
export interface Opening {
  /** Bytes of script with brotli, as browsers get it over TLS. */
  script: number;
  /** Ms from the navigation until `ready` was there, was drawn, and the page had nothing else to do before an input. */
  interactiveMs: number;
}

/** Opens a page in a new browser with the world's cookies; `ready` is a selector. */
export async function openCold(
  { url, context, app }: ConsoleWorld,
  path: string,
  ready: string,
): Promise<Opening> {
  const { page, context: fresh, close } = await openBrowser(url);
  try {
    await fresh.addCookies(await context.cookies());
    await fresh.addInitScript({ content: noteWhenReady(ready) });
    await page.goto(path, { waitUntil: 'commit' });
    await page.locator(ready).first().waitFor();
    const { interactiveMs, scripts } = (await page.evaluate(LOADED)) as {
      interactiveMs: number;
      scripts: string[];
    };
    const headers = { 'accept-encoding': 'br' };
    const sent = await Promise.all(scripts.map((script) => app.inject({ url: script, headers })));
    const script = sent.reduce((sum, { rawPayload }) => sum + rawPayload.length, 0);
    return { script, interactiveMs };
  } finally {
    await close();
  }
}

/** Runs in the page from its beginning, as no user waits for the messages between this process and the browser. */
const noteWhenReady = (selector: string) => `
  window.interactive = new Promise((done) => {
    const look = () => {
      if (document.querySelector(${JSON.stringify(selector)})?.checkVisibility({ visibilityProperty: true })) {
        requestAnimationFrame(() => setTimeout(() => done(performance.now())));
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
`;

/** Runs in the page: when it could be used, and which scripts it took. */
const LOADED = `interactive.then((interactiveMs) => ({
  interactiveMs,
  scripts: performance.getEntriesByType('resource')
    .map(({ name }) => new URL(name).pathname)
    .filter((path) => path.endsWith('.js')),
}))`;

/** Ms of the longest pause of the page while something is done with it; 0 if each was shorter than 50. */
export async function longestPause({ page }: ConsoleWorld, act: () => Promise<void>): Promise<number> {
  await page.evaluate(`
    window.pauses = [];
    window.watcher = new PerformanceObserver((list) => pauses.push(...list.getEntries().map((entry) => entry.duration)));
    watcher.observe({ type: 'longtask' });
  `);
  await act();
  const longest = await page.evaluate(`
    watcher.takeRecords().forEach((entry) => pauses.push(entry.duration));
    watcher.disconnect();
    Math.round(Math.max(0, ...pauses))
  `);
  return longest as number;
}

/** Turns the wheel over what the selector names, a frame for each turn. */
export async function turnWheel(
  { page }: ConsoleWorld,
  over: string,
  turns: number,
  by: number,
): Promise<void> {
  await page.locator(over).first().hover();
  for (let turn = 0; turn < turns; turn += 1) {
    await page.mouse.wheel(0, by);
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
}

/** So many webhooks, as many deliveries of one of them, and journeys; a journey of 200 tiles, whose id it returns. */
export async function stockConsole(
  world: ConsoleWorld,
  counts: { webhooks: number; deliveries: number; journeys: number; tiles: number },
): Promise<number> {
  const { db } = world;
  const { journeyId, webhookId } = await publishJourney(world);
  await db.execute(sql`
    insert into webhooks (name, definition)
    select 'Webhook ' || n, definition from webhooks, generate_series(1, ${counts.webhooks}::int) n
    where id = ${webhookId}`);
  await db.execute(sql`
    insert into journeys (id, name, definition, status)
    select 100000 + n, 'Journey ' || n, definition, 'draft' from journeys, generate_series(1, ${counts.journeys}::int) n
    where id = ${journeyId}`);
  await insertDeliveries(db, counts.deliveries, { journeyId, webhookId });
  await db.execute(sql`analyze`);
  return longJourney(world, counts.tiles, webhookId);
}

async function insertDeliveries(
  db: Database,
  count: number,
  { journeyId, webhookId }: { journeyId: number; webhookId: number },
): Promise<void> {
  await db.execute(sql`
    with person as (insert into users (user_id) values ('reader') returning id),
    entry as (
      insert into entries (id, journey_id, version, user_id, status, workflow_id, ended_at)
      select 'ent_bench', ${journeyId}::int, 1, id, 'completed', 'ent_bench', now() from person returning id
    ),
    made as (
      insert into deliveries (id, entry_id, journey_id, tile_id, visit, webhook_id, status, reason, created_at, ended_at)
      select 'dlv_' || n, entry.id, ${journeyId}::int, 'crm', n, ${webhookId}::int,
        case when n % 50 = 0 then 'failed' else 'delivered' end, case when n % 50 = 0 then 'http_status' end,
        now() - n * interval '5 seconds', now() - n * interval '5 seconds'
      from entry, generate_series(1, ${count}::int) n returning id, status, created_at
    )
    insert into attempts (delivery_id, generation, number, started_at, duration_ms, status, outcome)
    select id, 1, 1, created_at, 40, case when status = 'failed' then 400 else 200 end,
      case when status = 'failed' then 'giveUp' else 'delivered' end from made`);
}

/** Splits, waits and webhooks in turn. */
async function longJourney({ call }: ConsoleWorld, count: number, webhookId: number): Promise<number> {
  const tiles = Array.from({ length: count }, (_, n) => {
    const [id, next] = [`tile-${n}`, n + 1 < count ? `tile-${n + 1}` : 'exit'];
    const condition = { field: 'profile.plan', is: 'equals', value: `plan ${n}` };
    if (n % 10 === 3) {
      return {
        id,
        type: 'yesNoSplit',
        when: condition,
        yes: next,
        no: n + 2 < count ? `tile-${n + 2}` : 'exit',
      };
    }
    if (n % 10 === 7) return { id, type: 'delay', for: '1 day', next };
    return { id, type: 'webhook', webhookId, next };
  });
  const { status, body } = await call('POST', '/api/journeys', { name: 'Long', tiles });
  if (status !== 201) throw new Error(`POST /api/journeys answered ${status}: ${JSON.stringify(body)}`);
  return body.id as number;
}
