-- People who sign in. One who is removed is deleted: the audit log has the name they had.
create table people (
  id integer generated always as identity primary key,
  -- A to Z in lower case.
  email text not null unique,
  name text not null,
  role text not null,
  -- Argon2id, with its salt and parameters; null until the person has set one.
  password_hash text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  signed_in_at timestamptz
);

-- One-time links with which a person sets a password: one each. Without a person, that of the first administrator.
create table invitations (
  code_hash bytea primary key,
  person_id integer references people (id) on delete cascade,
  expires_at timestamptz not null
);
create unique index invitations_by_person on invitations (coalesce(person_id, 0));

create table sessions (
  id integer generated always as identity primary key,
  token_hash bytea not null unique,
  person_id integer not null references people (id) on delete cascade,
  created_at timestamptz not null default now(),
  -- To the minute.
  used_at timestamptz not null default now(),
  address text not null,
  user_agent text
);
create index sessions_by_person on sessions (person_id);

-- Wrong passwords, by account and by address. Hashed, as what was typed need not be an account.
create table sign_in_tries (
  subject bytea primary key,
  count integer not null,
  -- When they are forgotten, or the lock ends.
  until timestamptz not null
);

-- A caller is an API key, by its id, or a person, as in `person 7`.
alter table idempotency_keys drop constraint idempotency_keys_api_key_id_fkey;
alter table idempotency_keys alter column api_key_id type text;
alter table idempotency_keys rename column api_key_id to caller;
