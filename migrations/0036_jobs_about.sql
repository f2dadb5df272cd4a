-- What a job is about, for people: the list, the journey, the tile, the webhook, the file. It stays when the job ends.
alter table jobs add column about json not null default '{}';
update jobs set about = json_build_object(
  'journeyId', split_part(subject, '/', 1)::int, 'listId', split_part(subject, '/', 2)::int)
where kind = 'listTrigger' and subject ~ '^\d+/\d+$';
update jobs set about = json_strip_nulls(json_build_object(
  'journeyId', subject::json -> 0, 'tileId', subject::json -> 1, 'webhookId', subject::json -> 2))
where kind = 'exit';
