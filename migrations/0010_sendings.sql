-- What tiles did that send users to other journeys: a row for each visit, so that none sends twice.
create table sendings (
  entry_id text not null references entries (id) on delete cascade,
  tile_id text not null,
  visit integer not null,
  journey_id integer not null references journeys (id),
  -- The entry that the chain of journeys began with.
  chain text not null,
  -- The entry that was begun; it may be deleted by age before this row.
  sent_to text,
  skipped text,
  created_at timestamptz not null default now(),
  primary key (entry_id, tile_id, visit),
  check (num_nonnulls(sent_to, skipped) = 1)
);
create unique index sendings_by_sent on sendings (sent_to);
create index sendings_by_chain on sendings (chain, created_at);
