-- What published journeys wait for, and their limits: of the published version, not of the draft.
alter table journeys add column entry_key text;
alter table journeys add column lifetime_limit integer;
alter table journeys add column simultaneous_limit integer;
create index journeys_by_entry_key on journeys (entry_key) where status = 'published';

-- Entries that were deleted by age, for limits that hold for ever.
create table past_entries (
  user_id bigint not null references users (id) on delete cascade,
  journey_id integer not null references journeys (id),
  count integer not null,
  primary key (user_id, journey_id)
);
create index entries_by_user_and_journey on entries (user_id, journey_id);

create table events (
  id text primary key,
  -- The caller's own id: the same again updates the event.
  external_id text unique,
  user_id bigint not null references users (id) on delete cascade,
  kind text not null check (kind in ('customEvent', 'purchase', 'cartUpdate')),
  name text not null,
  data_fields json not null default '{}',
  campaign_id integer,
  template_id integer,
  created_at timestamptz not null,
  recorded_at timestamptz not null default now()
);
create index events_by_user on events (user_id, created_at);
