-- Why a user may not enter a journey now; null if they may. Exact while the user's row is locked: the queries of a
-- volatile function see what was committed while the statement that calls it waited for that lock.
create function entry_limit(entering bigint, entered integer) returns text language plpgsql volatile as $$
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
  into counts from entries where user_id = entering and journey_id = entered;
  return case
    when counts.ever >= limits.lifetime then 'lifetimeLimit'
    when counts.open >= limits.simultaneous then 'simultaneousLimit'
  end;
end $$;
