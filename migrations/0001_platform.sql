-- The ground under every module: organisations, the event log, readers' cursors and stored answers.

create table organisation (
  id text primary key,
  name text not null,
  settings jsonb not null default '{}',
  version int not null default 1,
  created_at timestamptz not null
);

-- One row per organisation. Locked from the numbering of a transaction's events to its commit.
create table event_counter (
  org_id text primary key references organisation (id),
  last bigint not null default 0
) with (fillfactor = 50);

-- Every change is one row, written in the transaction of the change. Partitioned by month so that old
-- months can be dropped whole.
create table event (
  org_id text not null,
  number bigint not null,
  id text not null,
  at timestamptz not null,
  kind text not null,
  resource text not null,
  action text not null,
  subject text not null,
  context jsonb not null,
  after jsonb,
  changed jsonb not null,
  actor jsonb not null,
  origin text not null,
  request_id text,
  status text not null,
  message text,
  primary key (org_id, number, at)
) partition by range (at);

create table event_default partition of event default;

create index event_by_subject on event (org_id, subject, number);
create index event_by_run on event (org_id, (context ->> 'run'), number) where context ? 'run';
create index event_by_id on event (id);

create function refuse_event_change() returns trigger language plpgsql as $$
begin
  raise exception 'The event log is append-only';
end $$;
create trigger event_is_append_only before update or delete on event
  for each row execute function refuse_event_change();

create table reader_cursor (
  org_id text not null references organisation (id),
  reader text not null,
  number bigint not null,
  advanced_at timestamptz,
  primary key (org_id, reader)
);

create table idempotency_key (
  org_id text not null references organisation (id),
  actor_id text not null,
  route text not null,
  key text not null,
  body_hash text not null,
  result jsonb,
  created_at timestamptz not null,
  primary key (org_id, actor_id, route, key)
);
create index idempotency_key_by_age on idempotency_key (created_at);
