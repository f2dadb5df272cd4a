import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import type { Plan } from '../../domain/journeys/plan';
import { DRAFT } from '../../domain/journeys/version';
import { writeJson } from '../../domain/lossless-json';
import { type Database, rowsOf } from '../connection/client';
import { journeyVersions, webhookUses } from '../schema';
import { deleteSecret } from '../secrets/secrets';
import { insertVersion, type JourneyRow, lockJourney, secretsWithoutVersion } from './journeys';

/* Copies of drafts that test runs walk: versions with negative numbers, each of which is used once. */

const isOfDraft = lt(journeyVersions.version, DRAFT);

/** Freezes the draft for test runs; an equal copy is used again. The transaction has locked the journey's row. */
export async function freezeForTest(
  db: Database,
  { id, secrets }: Pick<JourneyRow, 'id' | 'secrets'>,
  definition: JourneyDefinition,
  plan: Plan,
): Promise<number> {
  const [same] = await db
    .select({ version: journeyVersions.version })
    .from(journeyVersions)
    .where(
      and(
        eq(journeyVersions.journeyId, id),
        isOfDraft,
        sql`${journeyVersions.definition}::text = ${writeJson(definition)}`,
        sql`${journeyVersions.secrets}::text = ${writeJson(secrets)}`,
      ),
    )
    .orderBy(desc(journeyVersions.version))
    .limit(1);
  if (same !== undefined) return same.version;
  const [row] = await rowsOf<{ number: number }>(db, sql`select nextval('test_versions')::int as number`);
  const version = -row!.number;
  await insertVersion(db, { journeyId: id, version, definition, plan, secrets });
  return version;
}

interface TestVersion {
  journeyId: number;
  version: number;
}

/** Deletes copies that no test run is left on, with the secrets that only they used. Returns how many it looked at. */
export async function deleteUnusedTestVersions(db: Database, limit: number): Promise<number> {
  const unused = await rowsOf<TestVersion>(
    db,
    sql`
    select journey_id as "journeyId", version from journey_versions
    where version < ${DRAFT}::int and not exists (
      select 1 from entries
      where test and entries.journey_id = journey_versions.journey_id and entries.version = journey_versions.version)
    limit ${limit}`,
  );
  for (const one of unused) await db.transaction((tx) => deleteIfUnused(tx, one));
  return unused.length;
}

/** A test run that begins has locked the journey. */
async function deleteIfUnused(tx: Database, { journeyId, version }: TestVersion): Promise<void> {
  const journey = await lockJourney(tx, journeyId);
  const [gone] = await tx
    .delete(journeyVersions)
    .where(
      and(
        eq(journeyVersions.journeyId, journeyId),
        eq(journeyVersions.version, version),
        sql`not exists (select 1 from entries where test and journey_id = ${journeyId}::int and version = ${version}::int)`,
      ),
    )
    .returning({ secrets: journeyVersions.secrets });
  if (gone === undefined) return;
  await tx
    .delete(webhookUses)
    .where(and(eq(webhookUses.journeyId, journeyId), eq(webhookUses.version, version)));
  const ofDraft = Object.values(journey!.secrets);
  const left = Object.values(gone.secrets).filter((id) => !ofDraft.includes(id));
  for (const id of await secretsWithoutVersion(tx, journeyId, left)) await deleteSecret(tx, id);
}
