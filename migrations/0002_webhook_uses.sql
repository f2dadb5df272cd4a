-- Which tiles name a saved webhook. Rows of a published version never change; those of the draft, which is
-- version 0, follow it. The webhook may be one that does not exist: a draft is not checked for that.
create table webhook_uses (
  journey_id integer not null references journeys (id),
  version integer not null,
  tile_id text not null,
  tile_type text not null,
  webhook_id bigint not null,
  primary key (journey_id, version, tile_id)
);
create index webhook_uses_by_webhook on webhook_uses (webhook_id);

insert into webhook_uses (journey_id, version, tile_id, tile_type, webhook_id)
select source.journey_id, source.version, tile ->> 'id', tile ->> 'type', (tile ->> 'webhookId')::bigint
from (
  select id as journey_id, 0 as version, definition from journeys
  union all
  select journey_id, version, definition from journey_versions
) source, json_array_elements(source.definition -> 'tiles') tile
where tile ->> 'webhookId' is not null;

-- Entries under way are asked for by journey and version; by time nobody asks for them.
drop index entries_open;
create index entries_under_way on entries (journey_id, version) where ended_at is null;

-- Pages of the list of webhooks.
create index webhooks_live on webhooks (id) where deleted_at is null;
