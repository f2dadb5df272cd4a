-- The one-time address that a request carried, for its endpoint to call back. Everything that decides who was first, a
-- call or the end of the wait, is in this one row: a statement that waits for its lock sees it as the other left it.
create table callbacks (
  -- The entry, the tile and the visit.
  id text primary key,
  delivery_id text not null unique references deliveries (id) on delete cascade,
  entry_id text not null,
  tile_id text not null,
  -- SHA-256. The token itself is only in the sealed request.
  token_hash bytea not null unique,
  -- Until when the user waits; null before the endpoint has answered that it will call back.
  due_at timestamptz,
  called_at timestamptz,
  status text check (status in ('success', 'failure')),
  data json,
  -- When the user stopped waiting without a call.
  left_at timestamptz,
  check ((called_at is null) = (status is null)),
  check (called_at is null or left_at is null)
);
create index callbacks_by_entry on callbacks (entry_id);
