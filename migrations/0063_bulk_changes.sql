-- Edits and deletions of many entities at once, done a batch at a time.
create table bulk_change (
  org_id text not null,
  id text not null,
  blueprint text collate "C" not null,
  kind text not null check (kind in ('edit', 'delete')),
  status text not null check (status in ('running', 'cancelling', 'completed', 'cancelled', 'failed')),
  -- What is done, to which entities, and on whose behalf.
  change jsonb not null,
  scope jsonb not null,
  caller jsonb not null,
  -- Entities when it began; how many of them were written or removed, were as they should be, or were refused.
  total int not null,
  done int not null default 0,
  unchanged int not null default 0,
  failed int not null default 0,
  -- Where to go on: the last identifier looked at, in which round, and what this round has done.
  after text collate "C",
  round int not null default 1,
  round_done int not null default 0,
  message text,
  created_at timestamptz not null,
  created_by text not null,
  advanced_at timestamptz not null,
  ended_at timestamptz,
  primary key (org_id, id)
);

create index bulk_change_running on bulk_change (advanced_at) where ended_at is null;
create index bulk_change_ended on bulk_change (ended_at) where ended_at is not null;

-- What was refused, with the reason.
create table bulk_failure (
  org_id text not null,
  bulk_change text not null,
  identifier text collate "C" not null,
  status int not null,
  error text not null,
  message text not null,
  details jsonb not null,
  primary key (org_id, bulk_change, identifier),
  foreign key (org_id, bulk_change) references bulk_change (org_id, id) on delete cascade
);
