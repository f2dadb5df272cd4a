import { asc, eq } from 'drizzle-orm';
import type { Database } from '../db/connection/client';
import { openRequest } from '../db/deliveries/sealed-request';
import { readPathRows } from '../db/entries/steps/path';
import { attempts, deliveries, entries } from '../db/schema';
import type { Sealer } from '../db/secrets/seal';
import type { Skip } from '../domain/entry';
import { pathOf, type PathStep } from '../domain/journeys/reports/path';
import { wayWordsOf } from '../domain/journeys/reports/way-words';
import type { StoredAuthentication } from '../domain/webhooks/authentication';
import { showRequest } from '../webhook/authenticate';
import type { Admission } from './admissions';
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

/** What happened in a simulation. */
interface Course {
  /** The ids of the users' rows. */
  userIds: number[];
  /** How each of them fared at the start. */
  entered: Entered[];
  admissions: Admission[];
  reached: ReadonlySet<string>;
}

/** What became of the users, as the rows of a real run say it. */
export async function reportOf(
  store: Store,
  world: SimulatedWorld,
  { userIds, entered, admissions, reached }: Course,
): Promise<SimulationResult> {
  const rows = new Map((await store.db.select().from(entries)).map((entry) => [entry.id, entry]));
  const passage = (one: Entered) => passageOf(store, world, 'entryId' in one ? rows.get(one.entryId)! : one);
  const users: SimulationResult['users'] = [];
  for (const one of entered) users.push({ ...(await passage(one)), later: [] });
  const first = new Set(entered.flatMap((one) => ('entryId' in one ? [one.entryId] : [])));
  for (const admission of admissions) {
    if ('entryId' in admission && first.has(admission.entryId)) continue;
    const index =
      'user' in admission
        ? admission.user
        : userIds.indexOf(rows.get('entryId' in admission ? admission.entryId : admission.sentBy)!.userId!);
    const at = new Date(admission.at).toISOString();
    users[index]!.later.push({ at, ...(await passage(admission)) });
  }
  return { users, ...gapsOf(world, users, reached) };
}

/** What no user came to. */
function gapsOf(
  { definition }: SimulatedWorld,
  users: SimulationResult['users'],
  reached: ReadonlySet<string>,
): Omit<SimulationResult, 'users'> {
  const steps = users.flatMap(({ path, later }) => [path, ...later.map((one) => one.path)]).flat();
  const seen = new Set([...reached, ...steps.map(({ tileId }) => tileId)]);
  const taken = new Set(steps.map(({ tileId, way }) => `${tileId}/${way}`));
  const uncovered = definition.tiles.map(({ id }) => id).filter((id) => !seen.has(id));
  const untaken = definition.tiles.flatMap((tile) => {
    const ways = wayWordsOf(tile, definition);
    const missed = ways.length < 2 ? [] : ways.filter((way) => !taken.has(`${tile.id}/${way}`));
    return missed.map((way) => ({ tileId: tile.id, way }));
  });
  return { uncovered, untaken };
}

async function passageOf(
  store: Store,
  world: SimulatedWorld,
  entry: typeof entries.$inferSelect | { skipped: Skip },
): Promise<SimulatedPassage> {
  if ('skipped' in entry) {
    return { outcome: 'skipped', reason: entry.skipped, endedAt: null, path: [], requests: [] };
  }
  const { id, status, reason, detail, endedAt } = entry;
  return {
    outcome: status === 'accepted' ? 'running' : status,
    ...(reason !== null && { reason }),
    ...(detail !== null && { detail }),
    endedAt: endedAt?.toISOString() ?? null,
    path: pathOf((await readPathRows(store.db, id))!).map((step) => stepOf(world, step)),
    requests: await requestsOf(store, world, id),
  };
}

/** As `GET /api/entries/{id}` has it; but a user who is sent to another journey does not come there. */
function stepOf({ journeyId, definition }: SimulatedWorld, { at, ...step }: PathStep): SimulatedStep {
  const tile = definition.tiles.find(({ id }) => id === step.tileId);
  const isElsewhere = tile?.type === 'sendToJourney' && tile.journeyId !== journeyId;
  const why = isElsewhere ? `journey ${tile.journeyId} is not simulated` : step.why;
  return { ...step, at: new Date(at).toISOString(), why };
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
