import { and, eq } from 'drizzle-orm';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import type { Plan } from '../../domain/journeys/plan';
import type { Database } from '../connection/client';
import { journeys, journeyVersions, type TileSecrets } from '../schema';

/** The plan of a frozen version. Versions never change, so it may be cached. */
export async function readPlan(db: Database, journeyId: number, version: number): Promise<Plan | undefined> {
  const [row] = await db
    .select({ plan: journeyVersions.plan })
    .from(journeyVersions)
    .where(and(eq(journeyVersions.journeyId, journeyId), eq(journeyVersions.version, version)));
  return row?.plan;
}

/** A frozen version with all its tiles' details, and the ids of their secrets. */
export interface FrozenVersion {
  definition: JourneyDefinition;
  secrets: TileSecrets;
}

/** The id of a tile's secret. A tile may be named like a member of every object, such as “constructor”. */
export function secretOfTile(secrets: TileSecrets, tileId: string): string | undefined {
  return Object.hasOwn(secrets, tileId) ? secrets[tileId] : undefined;
}

export async function readVersion(db: Database, journeyId: number, version: number): Promise<FrozenVersion> {
  const [row] = await db
    .select({ definition: journeyVersions.definition, secrets: journeyVersions.secrets })
    .from(journeyVersions)
    .where(and(eq(journeyVersions.journeyId, journeyId), eq(journeyVersions.version, version)));
  if (row === undefined) throw new Error(`Journey ${journeyId} has no version ${version}.`);
  return row;
}

/**
 * The version that a new entry walks: the one named, else the published one. Undefined when there is no such
 * version, or when the journey takes no entries.
 */
export async function findVersion(
  db: Database,
  journeyId: number,
  version?: number,
): Promise<{ version: number; plan: Plan } | undefined> {
  const [row] = await db
    .select({ version: journeyVersions.version, plan: journeyVersions.plan })
    .from(journeyVersions)
    .innerJoin(journeys, eq(journeys.id, journeyVersions.journeyId))
    .where(
      and(
        eq(journeyVersions.journeyId, journeyId),
        eq(journeyVersions.version, version ?? journeys.publishedVersion),
        eq(journeys.status, 'published'),
      ),
    );
  return row;
}
