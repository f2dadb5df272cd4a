-- Visits of tiles that send no request: what decided there and where the user went. A request's visit is its delivery,
-- and one of sendToJourney its hand-off.
create table steps (
  entry_id text not null references entries (id) on delete cascade,
  tile_id text not null,
  visit integer not null,
  journey_id integer not null,
  version integer not null,
  at timestamptz not null,
  -- When a wait ends by itself; null where nothing is waited for.
  until timestamptz,
  -- Null where the next visit's time says it.
  left_at timestamptz,
  -- The way taken: a word of the tile, or a name that its author gave.
  way text,
  -- The reason for people. It may quote personal data: an erasure blanks it.
  why text,
  -- The tile that the way leads to; null for the end of the journey, and while no way is taken.
  next_tile text,
  primary key (entry_id, tile_id, visit)
);
-- Since when an entry is at its tile, so that a visit is told from an earlier one.
alter table entries add column reached_at timestamptz;

-- The branch of each A/B split that a user was assigned to, for good.
create table split_branches (
  user_id bigint not null references users (id) on delete cascade,
  -- The tile's own, or else its journey and id.
  key text not null,
  branch text not null,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
