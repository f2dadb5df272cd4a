import { asc, eq } from 'drizzle-orm';
import type { Database } from '../db/connection/client';
import { openRequest } from '../db/deliveries/sealed-request';
import { readPathRows } from '../db/entries/steps/path';
import { attempts, deliveries, entries } from '../db/schema';
import type { Sealer } from '../db/secrets/seal';
import { pathOf, type PathStep } from '../domain/journeys/reports/path';
import type { StoredAuthentication } from '../domain/webhooks/authentication';
import { showRequest } from '../webhook/authenticate';
import type {
  Entered,
  SimulatedPassage,
  SimulatedRequest,
  SimulatedStep,
  SimulatedWorld,
  SimulationResult,
} from './contract';

interface Store {
  db: Database;
  sealer: Sealer;
}

/** What became of the users, as the rows of a real run say it. */
export async function reportOf(
  store: Store,
  world: SimulatedWorld,
  { entered, reached }: { entered: Entered[]; reached: ReadonlySet<string> },
): Promise<SimulationResult> {
  const users: SimulatedPassage[] = [];
  for (const one of entered) users.push(await passageOf(store, world, one));
  const seen = new Set([...reached, ...users.flatMap(({ path }) => path.map(({ tileId }) => tileId))]);
  const uncovered = world.definition.tiles.map(({ id }) => id).filter((id) => !seen.has(id));
  return { users, uncovered };
}

async function passageOf(store: Store, world: SimulatedWorld, entered: Entered): Promise<SimulatedPassage> {
  if ('skipped' in entered) {
    return { outcome: 'skipped', reason: entered.skipped, endedAt: null, path: [], requests: [] };
  }
  const { entryId } = entered;
  const [entry] = await store.db.select().from(entries).where(eq(entries.id, entryId));
  const { status, reason, detail, endedAt } = entry!;
  return {
    outcome: status === 'accepted' ? 'running' : status,
    ...(reason !== null && { reason }),
    ...(detail !== null && { detail }),
    endedAt: endedAt?.toISOString() ?? null,
    path: pathOf((await readPathRows(store.db, entryId))!).map(timed),
    requests: await requestsOf(store, world, entryId),
  };
}

/** As `GET /api/entries/{id}` has it. */
function timed({ at, ...step }: PathStep): SimulatedStep {
  return { ...step, at: new Date(at).toISOString() };
}

async function requestsOf(
  { db, sealer }: Store,
  world: SimulatedWorld,
  entryId: string,
): Promise<SimulatedRequest[]> {
  const rows = await db
    .select({ delivery: deliveries, attempt: attempts })
    .from(attempts)
    .innerJoin(deliveries, eq(deliveries.id, attempts.deliveryId))
    .where(eq(deliveries.entryId, entryId))
    .orderBy(asc(attempts.startedAt), asc(deliveries.createdAt), asc(attempts.number));
  return rows.map(({ delivery, attempt }) => {
    const request = openRequest(sealer, delivery.id, Buffer.from(delivery.request!));
    const { method, url, headers, body } = showRequest(request, authenticationOf(world, delivery.tileId!));
    return {
      ...{ tileId: delivery.tileId!, attempt: attempt.number, at: attempt.startedAt.toISOString() },
      ...{ method, url, headers, ...(body !== undefined && { body }), status: attempt.status },
    };
  });
}

function authenticationOf({ definition, webhooks }: SimulatedWorld, tileId: string): StoredAuthentication {
  const tile = definition.tiles.find(({ id }) => id === tileId)!;
  if (tile.type === 'webhook' && tile.webhook) return tile.webhook.authentication as StoredAuthentication;
  const id = 'webhookId' in tile ? tile.webhookId : undefined;
  return webhooks.find((webhook) => webhook.id === id)?.definition.authentication ?? { type: 'none' };
}
