-- Secrets of webhooks that stand in tiles: the id of each, by its tile. Definitions hold none.
alter table journeys add column secrets json not null default '{}';
alter table journey_versions add column secrets json not null default '{}';

-- A version that is frozen keeps the id of its secret; a new value reaches it through this column.
alter table secrets add column replaced_by text references secrets (id) on delete cascade;
create index secrets_by_replacement on secrets (replaced_by);

-- What users accepted or declined. A category without a row was not declined.
create table user_consents (
  user_id bigint not null references users (id) on delete cascade,
  category text not null,
  action text not null check (action in ('accept', 'decline')),
  updated_at timestamptz not null default now(),
  primary key (user_id, category)
);
