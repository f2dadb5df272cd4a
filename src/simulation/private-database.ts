import { sql } from 'drizzle-orm';
import { type Database, type EmbeddedConnection, openEmbedded, rowsOf } from '../db/connection/client';
import { migrate } from '../db/connection/migrate';
import { assignBranch } from '../db/entries/steps/split-branches';
import { insertEvents } from '../db/events/insert-many';
import { freezeVersion, insertJourney } from '../db/journeys/journeys';
import { lists, listUsers, profileFields, userConsents, users, webhooks } from '../db/schema';
import type { Sealer } from '../db/secrets/seal';
import { insertSecret } from '../db/secrets/secrets';
import { insertSigningSecret } from '../db/secrets/signing-secrets';
import { JourneyDefinition } from '../domain/journeys/journey';
import type { Plan } from '../domain/journeys/plan';
import { splitKeyOf } from '../domain/journeys/tiles/ab-split';
import type { StoredAuthentication } from '../domain/webhooks/authentication';
import { newSigningSecret } from '../webhook/sign';
import type { SimulatedUser, SimulatedWorld } from './contract';

/** Makes a database of the simulation's own, in memory, with the tables of the real one. */
export async function makePrivateDatabase(migrations: string): Promise<EmbeddedConnection> {
  const connection = await openEmbedded();
  await migrate(connection, migrations);
  await connection.script(`
    create sequence drawn_ids;
    create function public.gen_random_uuid() returns uuid language sql volatile
      as $$ select md5(nextval('drawn_ids')::text)::uuid $$;`);
  return countingIds(connection);
}

/** The ids that the database makes follow from a counter: its own random bytes are drawn ahead, and differ each time. */
async function countingIds(connection: EmbeddedConnection): Promise<EmbeddedConnection> {
  await connection.script('set search_path = public, pg_catalog');
  return connection;
}

/** Its archive, by which `copyPrivateDatabase` makes another in a fifth of the time. */
export async function imageOf({
  db,
  archive,
  checkpoint,
}: EmbeddedConnection): Promise<Uint8Array<ArrayBuffer>> {
  // The copy starts as after a crash, and would report its progress every ten seconds, for ever: with virtual time that
  // is all that it did.
  await db.execute(sql`alter system set log_startup_progress_interval = 0`);
  // So that there is nothing to recover.
  await checkpoint();
  return new Uint8Array(await (await archive()).arrayBuffer());
}

export async function copyPrivateDatabase(image: Uint8Array<ArrayBuffer>): Promise<EmbeddedConnection> {
  return countingIds(await openEmbedded(undefined, new Blob([image])));
}

/** Removes all that the simulation before left, and its counters. */
export async function empty(db: Database): Promise<void> {
  await emptyTables(db);
  await db.execute(sql`select setval('drawn_ids', 1, false)`);
}

export async function emptyTables(db: Database): Promise<void> {
  const tables = await rowsOf<{ name: string }>(
    db,
    sql`
    select tablename as name from pg_tables
    where schemaname = 'public' and tablename not in ('migrations', 'audit_log') order by 1`,
  );
  const names = tables.map(({ name }) => sql.identifier(name));
  await db.execute(sql`truncate ${sql.join(names, sql`, `)} restart identity cascade`);
}

/** Fills the empty database. Returns the ids of the users' rows. */
export async function fill(
  db: Database,
  sealer: Sealer,
  world: SimulatedWorld,
  plan: Plan,
): Promise<number[]> {
  for (const { id, name } of world.lists) await db.insert(lists).values({ id, name, description: '' });
  for (const [name, type] of Object.entries(world.profileFields))
    await db.insert(profileFields).values({ name, type });
  for (const { id, name, definition } of world.webhooks) {
    const secretId = await placeholderFor(db, sealer, definition.authentication);
    await db.insert(webhooks).values({ id, name, definition, secretId });
    if (definition.signing.enabled)
      await insertSigningSecret(db, sealer, { webhookId: id }, newSigningSecret());
  }
  await publishJourney(db, sealer, world, plan);
  const ids = await insertUsers(db, world.users);
  await assignBranches(db, world, ids);
  return ids;
}

async function publishJourney(
  db: Database,
  sealer: Sealer,
  world: SimulatedWorld,
  plan: Plan,
): Promise<void> {
  const { journeyId, definition } = world;
  const secrets: Record<string, string> = {};
  for (const tile of definition.tiles) {
    if (tile.type !== 'webhook' || tile.webhook === undefined) continue;
    const id = await placeholderFor(db, sealer, tile.webhook.authentication as StoredAuthentication);
    if (id !== null) secrets[tile.id] = id;
  }
  await db.transaction(async (tx) => {
    const journey = await insertJourney(tx, { definition, secrets, creator: null }, journeyId);
    await freezeVersion(tx, journey!, definition, plan);
    for (const id of otherJourneysOf(world)) {
      await insertJourney(tx, { definition: NOT_PUBLISHED, secrets: {}, creator: null }, id);
    }
  });
}

/** Stands for a journey that users are sent to, and do not enter. */
const NOT_PUBLISHED = JourneyDefinition.parse({ name: 'Not simulated', tiles: [] });

function otherJourneysOf({ journeyId, definition }: SimulatedWorld): Set<number> {
  const ids = definition.tiles.flatMap((tile) => (tile.type === 'sendToJourney' ? [tile.journeyId] : []));
  return new Set(ids.filter((id) => id !== journeyId));
}

/** A secret that stands for the real one, which the simulation does not know. */
async function placeholderFor(
  db: Database,
  sealer: Sealer,
  { type }: StoredAuthentication,
): Promise<string | null> {
  return type === 'none' ? null : insertSecret(db, sealer, 'simulated');
}

/** Returns their ids. A real user keeps theirs: rendered requests may have it, and the branches of splits follow from it. */
async function insertUsers(db: Database, given: SimulatedUser[]): Promise<number[]> {
  const taken = new Set(given.map(({ id }) => id));
  let next = 1;
  const ids: number[] = [];
  for (const user of given) {
    while (user.id === undefined && taken.has(next)) next += 1;
    const id = user.id ?? next++;
    ids.push(id);
    await insertUser(db, id, user);
  }
  await db.execute(sql`select setval(pg_get_serial_sequence('users', 'id'), (select max(id) from users))`);
  return ids;
}

async function assignBranches(
  db: Database,
  { users: given, branches, journeyId, definition }: SimulatedWorld,
  ids: number[],
): Promise<void> {
  const forAll = definition.tiles.flatMap((tile) =>
    tile.type === 'abSplit' && Object.hasOwn(branches, tile.id)
      ? [{ key: splitKeyOf(tile, journeyId), branch: branches[tile.id]! }]
      : [],
  );
  for (const [index, user] of ids.entries()) {
    for (const { key, branch } of [...given[index]!.branches, ...forAll]) {
      await assignBranch(db, { user, key, branch }, [branch]);
    }
  }
}

async function insertUser(db: Database, id: number, user: SimulatedUser): Promise<void> {
  const { email = null, userId = null, profile: dataFields, tags } = user;
  await db.insert(users).overridingSystemValue().values({ id, email, userId, dataFields, tags });
  const memberships = user.listIds.map((listId) => ({ listId, userId: id }));
  if (memberships.length > 0) await db.insert(listUsers).values(memberships);
  const consents = user.consents.map((consent) => ({ ...consent, userId: id }));
  if (consents.length > 0) await db.insert(userConsents).values(consents);
  const events = user.past.map(({ at, ...event }) => ({ user: id, event: { ...event, createdAt: at } }));
  if (events.length > 0) await insertEvents(db, events);
}
