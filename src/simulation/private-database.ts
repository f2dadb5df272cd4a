import { sql } from 'drizzle-orm';
import { type Connection, type Database, openEmbedded, rowsOf } from '../db/connection/client';
import { migrate } from '../db/connection/migrate';
import { assignBranch } from '../db/entries/steps/split-branches';
import { insertEvents } from '../db/events/insert-many';
import { freezeVersion, insertJourney } from '../db/journeys/journeys';
import { lists, listUsers, profileFields, userConsents, users, webhooks } from '../db/schema';
import type { Sealer } from '../db/secrets/seal';
import { insertSecret } from '../db/secrets/secrets';
import { insertSigningSecret } from '../db/secrets/signing-secrets';
import type { Plan } from '../domain/journeys/plan';
import { splitKeyOf } from '../domain/journeys/tiles/ab-split';
import type { StoredAuthentication } from '../domain/webhooks/authentication';
import { newSigningSecret } from '../webhook/sign';
import type { SimulatedUser, SimulatedWorld } from './contract';

/** A database of the simulation's own, in memory, with the tables of the real one. */
export async function openPrivateDatabase(migrations: string): Promise<Connection> {
  const connection = await openEmbedded();
  await migrate(connection, migrations);
  return connection;
}

/** Removes all that the simulation before left, and its counters. */
export async function empty(db: Database): Promise<void> {
  const tables = await rowsOf<{ name: string }>(
    db,
    sql`
    select tablename as name from pg_tables
    where schemaname = 'public' and tablename not in ('migrations', 'audit_log') order by 1`,
  );
  const names = tables.map(({ name }) => sql.identifier(name));
  await db.execute(sql`truncate ${sql.join(names, sql`, `)} restart identity cascade`);
}

/** Fills the empty database. */
export async function fill(db: Database, sealer: Sealer, world: SimulatedWorld, plan: Plan): Promise<void> {
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
  await assignBranches(db, world, await insertUsers(db, world.users));
}

async function publishJourney(
  db: Database,
  sealer: Sealer,
  { journeyId, definition }: SimulatedWorld,
  plan: Plan,
): Promise<void> {
  const secrets: Record<string, string> = {};
  for (const tile of definition.tiles) {
    if (tile.type !== 'webhook' || tile.webhook === undefined) continue;
    const id = await placeholderFor(db, sealer, tile.webhook.authentication as StoredAuthentication);
    if (id !== null) secrets[tile.id] = id;
  }
  await db.transaction(async (tx) => {
    const journey = await insertJourney(tx, { definition, secrets, creator: null }, journeyId);
    await freezeVersion(tx, journey!, definition, plan);
  });
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
