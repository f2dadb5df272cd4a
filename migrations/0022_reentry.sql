-- How soon and how often a user may enter again, by the published version: {afterMs, from, key, onActive}.
alter table journeys add column reentry json;

-- A hash of what the journey's re-entry key found in the trigger data; empty without one.
alter table entries add column reentry_key text not null default '';
create index entries_by_user_journey_and_key on entries (user_id, journey_id, reentry_key);
drop index entries_by_user_and_journey;

-- Entries that were deleted by age, by key. A superseded entry has no end that counts.
alter table past_entries
  add column reentry_key text not null default '',
  add column last_entered_at timestamptz,
  add column last_ended_at timestamptz,
  drop constraint past_entries_pkey,
  add primary key (user_id, journey_id, reentry_key);

-- Whom a journey did not let in, and why: one row each, counted. Times are cut to what a page token holds.
create table entry_refusals (
  user_id bigint not null references users (id) on delete cascade,
  journey_id integer not null references journeys (id),
  reason text not null,
  count integer not null default 1,
  first_at timestamptz not null default date_trunc('milliseconds', now()),
  at timestamptz not null default date_trunc('milliseconds', now()),
  primary key (user_id, journey_id, reason)
);
create index entry_refusals_by_journey on entry_refusals (journey_id, at);

-- Why a user may not enter a journey now; null if they may, and 'restart' if they may once their open entries are
-- superseded. Exact while the user's row is locked: the queries of a volatile function see what was committed while the
-- statement that calls it waited for that lock.
drop function entry_limit(bigint, integer);
create function entry_limit(entering bigint, entered integer, entering_key text) returns text
language plpgsql volatile as $$
declare
  rules record;
  -- Keys are hexadecimal or empty: without a key the entries of all of them count.
  lowest text := '';
  highest text := 'g';
  known record;
begin
  select lifetime_limit as lifetime, simultaneous_limit as simultaneous, suppression_list_ids as lists, reentry,
    reentry ->> 'from' as counted_from, reentry ->> 'key' as key, reentry ->> 'onActive' as on_active,
    (reentry ->> 'afterMs')::bigint * interval '1 millisecond' as cooldown
  into rules from journeys where id = entered;
  if exists (select 1 from list_users where user_id = entering and list_id = any (rules.lists)) then
    return 'suppressed';
  end if;
  if rules.lifetime is null and rules.simultaneous is null and rules.reentry is null then
    return null;
  end if;
  if rules.key is not null then
    lowest := entering_key;
    highest := entering_key;
  end if;
  select sum(number) as ever, count(*) filter (where is_open) as open, max(began) as began, max(ended) as ended
  into known from (
    select 1 as number, ended_at is null as is_open, accepted_at as began,
      case when reason is distinct from 'superseded' then ended_at end as ended
    from entries
    where user_id = entering and journey_id = entered and reentry_key between lowest and highest and not test
    union all
    select count, false, last_entered_at, last_ended_at from past_entries
    where user_id = entering and journey_id = entered and reentry_key between lowest and highest
  ) entry;
  return case
    when known.ever >= rules.lifetime then 'lifetimeLimit'
    when known.open >= rules.simultaneous and rules.on_active is distinct from 'restart' then 'simultaneousLimit'
    when known.open > 0 and rules.on_active = 'refuse' then 'reentry'
    when case rules.counted_from when 'end' then known.ended else known.began end + rules.cooldown > now()
      then 'reentry'
    when known.open > 0 and rules.on_active = 'restart' then 'restart'
  end;
end $$;
