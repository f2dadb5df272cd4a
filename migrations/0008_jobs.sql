-- Work on many users or rows, a page at a time. While a job is open, its row in the outbox says when the next page is due.
create table jobs (
  id text primary key,
  kind text not null,
  -- No two open jobs of a kind are about the same; null: about nothing that others could be about.
  subject text,
  state text not null default 'queued' check (state in ('queued', 'running', 'completed', 'failed')),
  -- What it is to do; emptied when it ends, because there may be something of a user in it.
  parameters json not null,
  -- How far it has come, in words of its kind; null before the first page.
  cursor json,
  -- Null while nobody knows.
  total bigint,
  done bigint not null default 0,
  refused_count bigint not null default 0,
  -- Tries of the next page that failed.
  failures integer not null default 0,
  -- Why it failed.
  reason text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  check ((ended_at is null) = (state in ('queued', 'running')))
);
create unique index jobs_by_subject on jobs (kind, subject) where ended_at is null;
create index jobs_ended on jobs (ended_at) where ended_at is not null;

-- What a job left out: a user, with whom the row goes, or something that the kind has its own name for.
create table job_refusals (
  job_id text not null references jobs (id) on delete cascade,
  ordinal bigint not null,
  user_id bigint references users (id) on delete cascade,
  ref text,
  reason text not null,
  primary key (job_id, ordinal),
  check (num_nonnulls(user_id, ref) = 1)
);
create index job_refusals_by_user on job_refusals (user_id) where user_id is not null;

-- Of what a job made: the job, which waits while much of it lies here.
alter table outbox add column job_id text;
create index outbox_by_job on outbox (job_id) where job_id is not null;
