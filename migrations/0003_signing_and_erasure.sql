-- The secrets that sign a webhook's requests: the latest, and those before it until their day is over.
create table signing_secrets (
  secret_id text primary key references secrets (id) on delete cascade,
  webhook_id integer not null references webhooks (id),
  created_at timestamptz not null default now(),
  -- Null for the latest.
  expires_at timestamptz
);
create unique index signing_secrets_latest on signing_secrets (webhook_id) where expires_at is null;
create index signing_secrets_by_webhook on signing_secrets (webhook_id);

-- The entries of a user who was erased stay, for the counts; nothing of the user may be written to them again.
alter table entries alter column user_id drop not null;
alter table entries add constraint entries_erased check (
  user_id is not null
  or (ended_at is not null and trigger_data::text = '{}' and live_data is null and exit_note is null)
);

-- What has ended is deleted by age.
create index entries_ended on entries (ended_at) where ended_at is not null;
create index deliveries_of_events_ended on deliveries (ended_at) where event_id is not null;
