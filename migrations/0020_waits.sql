-- What ends a wait or meets an exit rule of the user's open entries, as keys (src/domain/journeys/watch.ts). It stands on
-- the user's row because a statement that waited for that row reads it anew, and no other table. A key may be stale:
-- then whoever meets it finds nothing, and removes it.
alter table users add column watched text[] not null default '{}';

-- The keys of a version's exit rules, and those of the published version.
alter table journey_versions add column exit_keys text[] not null default '{}';
alter table journeys add column exit_keys text[] not null default '{}';

-- One counter orders what happens to a user, whose row is locked: events, entries, and arrivals at tiles. Null for what
-- was there before.
create sequence event_order;
alter table events add column seq bigint;
alter table events alter column seq set default nextval('event_order');
create index events_by_name on events (user_id, name, seq);
-- The latest of all events.
create index events_by_order on events using brin (seq);
alter table entries
  add column entered_seq bigint,
  -- Since when events count for a wait that comes now; null: from now on.
  add column arrived_seq bigint,
  -- The events that ended waits, by the name of the tile or its id.
  add column events json,
  add constraint entries_erased_events check (user_id is not null or events is null);
alter table entries
  alter column entered_seq set default nextval('event_order'),
  alter column arrived_seq set default nextval('event_order');

-- Users who wait at a tile, until something happens or until a deadline: a row for each visit. While the wait is open it
-- has a user; afterwards it says what ended it, so that no event ends two waits of one entry.
create table waits (
  -- The entry, the tile and the visit.
  id text primary key,
  entry_id text not null references entries (id) on delete cascade,
  tile_id text not null,
  visit integer not null,
  user_id bigint references users (id) on delete cascade,
  kind text not null check (kind in ('event', 'callback')),
  -- What may end it, as keys of `users.watched`.
  keys text[] not null default '{}',
  -- The conditions of its arms, as the tile has them.
  arms json not null default '[]',
  -- Under which name the entry keeps the event.
  name text not null,
  -- Events after this one count.
  since_seq bigint not null,
  opened_at timestamptz not null,
  deadline timestamptz not null,
  -- Arms with a condition are not judged before: a cycle would go round as fast as it can.
  judged_from timestamptz,
  -- When it ended, by which arm, from 1, or by none (the deadline), and by which event.
  woken_at timestamptz,
  arm integer,
  event_id text,
  check ((woken_at is null) = (user_id is not null))
);
create index waits_open on waits (user_id) where user_id is not null;
create index waits_by_entry on waits (entry_id);
