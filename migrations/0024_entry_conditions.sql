-- Whether the entry source of the published version has a condition: an entry is then accepted in a transaction.
alter table journeys add column conditional boolean not null default false;

update journeys set conditional = true from journey_versions
where journey_id = journeys.id and version = published_version and journey_versions.definition #> '{entry,where}' is not null;
