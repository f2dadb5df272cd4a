import { sql } from 'drizzle-orm';
import type { When } from '../../domain/journeys/conditions';
import type { JudgedUser } from '../../domain/journeys/roots';
import type { Identity } from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';
import { NOW_MS } from '../entries/where';
import { isUser, NO_PROFILE, profileMark } from '../users/lock';

/** A journey that an event starts where its condition holds. */
export interface StartedJourney {
  journeyId: number;
  version: number;
  /** Null where it has none. */
  where: When | null;
  /** The field whose value is the key of an entry. */
  keyField: string | null;
}

/** A user as conditions are judged by, and the mark of their row; of an unknown one only that. */
export interface SeenUser extends Partial<JudgedUser> {
  seen: string;
}

/** What decides which journeys an event of a user starts. */
export interface Starts {
  journeys: StartedJourney[];
  user: SeenUser;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The published journeys with this entry key, and the user. */
export async function readStarts(db: Database, key: string, identity: Identity): Promise<Starts> {
  const [row] = await rowsOf<{ journeys: StartedJourney[]; user: SeenUser | null; now: number }>(
    db,
    sql`
    select (
      select coalesce(json_agg(json_build_object(
        'journeyId', journeys.id, 'version', version, 'where', journey_versions.definition #> '{entry,where}',
        'keyField', reentry ->> 'key')), '[]')
      from journeys join journey_versions on journey_id = journeys.id and version = published_version
      where status = 'published' and entry_key = ${key}
    ) as journeys, (
      select json_build_object('seen', ${profileMark},
        'email', email, 'userId', user_id, 'dataFields', data_fields, 'tags', tags) from users where ${isUser(identity)}
    ) as user, ${NOW_MS} as now`,
  );
  return { ...row!, user: row!.user ?? { seen: NO_PROFILE } };
}
