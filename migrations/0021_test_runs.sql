-- A test run is an entry that no limit, report or notification counts. What it walks is a frozen copy of the draft: a
-- version with a negative number, which is never published, never listed, and deleted once no test run is left on it.
alter table entries add column test boolean not null default false;
create index entries_of_test_runs on entries (journey_id, version) where test;
create sequence test_versions as integer;

create or replace function entry_limit(entering bigint, entered integer) returns text language plpgsql volatile as $$
declare
  limits record;
  counts record;
begin
  select lifetime_limit as lifetime, simultaneous_limit as simultaneous, suppression_list_ids as lists
  into limits from journeys where id = entered;
  if exists (select 1 from list_users where user_id = entering and list_id = any (limits.lists)) then
    return 'suppressed';
  end if;
  if limits.lifetime is null and limits.simultaneous is null then
    return null;
  end if;
  select count(*) + coalesce((select count from past_entries where user_id = entering and journey_id = entered), 0) as ever,
    count(*) filter (where ended_at is null) as open
  into counts from entries where user_id = entering and journey_id = entered and not test;
  return case
    when counts.ever >= limits.lifetime then 'lifetimeLimit'
    when counts.open >= limits.simultaneous then 'simultaneousLimit'
  end;
end $$;
