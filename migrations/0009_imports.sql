-- The files of imports, from the first byte that came until their jobs end: an import has the id of its job.
create table imports (
  id text primary key,
  -- While a file comes in: when a chunk came last.
  touched_at timestamptz not null default now()
);

-- Parts of a file, by the bytes before them.
create table import_chunks (
  import_id text not null references imports (id) on delete cascade,
  position bigint not null,
  bytes bytea not null,
  primary key (import_id, position)
);
