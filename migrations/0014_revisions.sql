-- Grows with each write, so that a caller can tell whether somebody else's came between.
alter table webhooks add column revision integer not null default 1;
alter table event_webhooks add column revision integer not null default 1;
alter table journeys add column revision integer not null default 1;
