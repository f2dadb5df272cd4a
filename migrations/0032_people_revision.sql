-- Two administrators may change one person.
alter table people add column revision integer not null default 1;
