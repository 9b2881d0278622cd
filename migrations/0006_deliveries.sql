-- Changelog webhooks on their way, and channels that hand inbound requests to a local address.

create table delivery (
  org_id text not null references organisation (id),
  id text not null,
  event_number bigint not null,
  event_id text not null,
  blueprint text collate "C" not null,
  entity text collate "C",
  url text not null,
  -- Endpoint and subject: deliveries of one key arrive in order, one at a time.
  order_key text not null,
  state text not null,
  attempts int not null default 0,
  claimed_until timestamptz,
  next_attempt_at timestamptz,
  last_status int,
  last_error text,
  created_at timestamptz not null,
  delivered_at timestamptz,
  primary key (org_id, id),
  unique (org_id, event_number, url)
);
create index delivery_waiting on delivery (org_id, order_key, event_number) where state = 'pending';
create index delivery_by_time on delivery (org_id, event_number desc, id);
create index delivery_due on delivery (next_attempt_at) where state = 'pending';

create table relay_channel (
  org_id text not null references organisation (id),
  id text not null,
  key text not null unique,
  created_at timestamptz not null,
  created_by text not null,
  primary key (org_id, id)
);

create table relay_request (
  org_id text not null,
  channel_id text not null,
  sequence bigint generated always as identity,
  id text not null,
  method text not null,
  path text not null,
  query text not null,
  headers jsonb not null,
  body bytea not null,
  received_at timestamptz not null,
  answered_status int,
  primary key (org_id, channel_id, sequence),
  foreign key (org_id, channel_id) references relay_channel (org_id, id) on delete cascade
);
