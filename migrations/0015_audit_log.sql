-- Who changed what. Secrets and personal data are left out before a row is inserted.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor_type text not null,
  actor_id integer,
  actor_name text not null,
  -- A kind of thing and what was done with it, as in webhook.update.
  action text not null,
  -- Of that kind: no foreign key, because it outlives what it names.
  target_id text,
  target_name text,
  changes json not null,
  request_id text
);

-- Rows are inserted, and deleted by age if the settings say so: nobody alters one.
create function refuse_change_of_audit_log() returns trigger language plpgsql as $$
begin
  raise exception 'A row of the audit log cannot be changed';
end $$;
create trigger audit_log_is_final before update or truncate on audit_log
  for each statement execute function refuse_change_of_audit_log();
