-- A caller's id tells repeats of one user's event of one kind and name apart, no longer those of the installation.
alter table events drop constraint events_external_id_key;
create unique index events_by_external_id on events (user_id, external_id, kind, name)
  where external_id is not null;
