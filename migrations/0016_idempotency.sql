-- Answers to any request with an Idempotency-Key: sealed, as some show a secret, so those of before cannot stay.
delete from idempotency_keys;
alter table idempotency_keys
  drop column body_hash,
  drop column response,
  add column fingerprint bytea not null,
  -- Null while the request is under way: then `reserved_by` says by whom, and `reserved_until` how long at most.
  add column status integer,
  add column answer bytea,
  add column reserved_by text,
  add column reserved_until timestamptz;
