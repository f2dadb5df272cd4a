-- Failures since a time, and requests that are repeated, however many deliveries succeeded.
create index deliveries_not_delivered on deliveries (status, created_at, id) where status <> 'delivered';

-- The deliveries of one webhook, by time as they are listed. It takes the place of an index by id, which is a hash.
create index deliveries_by_webhook_and_time on deliveries (webhook_id, created_at, id);
drop index deliveries_by_webhook;
