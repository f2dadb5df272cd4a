import { type SQL, sql } from 'drizzle-orm';
import { newId } from '../connection/ids';
import { enqueueSql } from '../outbox';
import { entryEvent, type EventDraft, publish } from '../event-webhooks/publish';
import { watchExitsSql } from '../users/watched';

/** A new entry's id. */
export function newEntryId(): string {
  return newId('ent');
}

/** SQL of the values of new entries, in terms of the query that they come from. */
export interface EntryValues {
  id: SQL;
  journeyId: SQL;
  version: SQL;
  userId: SQL;
  /** text; left out, without a key. */
  reentryKey?: SQL;
  /** json */
  triggerData: SQL;
  /** boolean: whether it is a test run; left out, it is none. */
  test?: SQL;
  /** Of an entry whose workflow runs already. `at` is a timestamptz. */
  run?: { workflowId: string; firstRunId: string; at: SQL };
}

/**
 * SQL that inserts an entry for each row of `from`: accepted, with its own id as the workflow's; or running, and then an
 * entry that exists stays as it is. It returns the inserted rows.
 */
export function insertEntriesSql({ id, run, ...values }: EntryValues, from: SQL): SQL {
  return sql`
      insert into entries
        (id, journey_id, version, user_id, reentry_key, trigger_data, test, status, workflow_id, first_run_id, accepted_at,
          started_at)
      select ${id}, ${values.journeyId}, ${values.version}, ${values.userId}, ${values.reentryKey ?? sql`''`},
        ${values.triggerData}, ${values.test ?? sql`false`},
        ${run ? sql`'running', ${run.workflowId}, ${run.firstRunId}, ${run.at}, ${run.at}` : sql`'accepted', ${id}, null, now(), null::timestamptz`}
      from ${from}
      ${run && sql`on conflict do nothing`}
      returning *`;
}

/**
 * Further `with` queries for a statement that accepts entries: `accepted` has their rows. Each is enqueued, to be
 * dispatched by this process, and published with the events of `drafts`. `users` has a row for each user of theirs: the
 * statement does not see a user that it inserts itself.
 */
export function acceptEntriesSql(
  values: EntryValues,
  from: SQL,
  { users, drafts = [] }: { users: SQL; drafts?: EventDraft[] },
): SQL {
  const entered = entryEvent(
    'journey.entered',
    sql`accepted`,
    sql`accepted join ${users} on users.id = accepted.user_id`,
    sql`now()`,
  );
  return sql`
    accepted as (${insertEntriesSql(values, from)}),
    watching as (${watchExitsSql(sql`accepted`)}),
    enqueued_entries as (${enqueueSql('entry', sql`accepted`, 'thisProcess')}),
    ${publish([...drafts, entered])}`;
}
