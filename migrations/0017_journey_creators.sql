-- The name of who created it, as the audit log had it, which forgets after a while. Null: created before it was noted.
alter table journeys add column creator text;
update journeys set creator = (
  select actor_name from audit_log
  where action = 'journey.create' and target_id = journeys.id::text
  order by audit_log.id limit 1
);
