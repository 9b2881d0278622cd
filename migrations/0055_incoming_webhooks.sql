-- Addresses where other systems tell what happened, and how that becomes entities.

create table incoming_webhook (
  org_id text not null references organisation (id),
  identifier text collate "C" not null,
  -- The last part of its address; whoever knows it may send.
  key text collate "C" not null unique,
  -- As it was sent, without the secret.
  document json not null,
  sealed_secret text,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, identifier)
);

-- What was received, kept for a week so that mappings can be tried on it.
create table incoming_request (
  org_id text not null,
  id text collate "C" not null,
  webhook text collate "C" not null,
  received_at timestamptz not null,
  -- What the sender calls it, so that the same delivery counts once.
  delivery text collate "C",
  -- `{body, headers, queryParams}`, without credentials.
  content json not null,
  state text not null check (state in ('waiting', 'done', 'failed', 'dropped')),
  -- `{written, deleted, problems}` once it was handled.
  outcome json,
  primary key (org_id, id),
  foreign key (org_id, webhook) references incoming_webhook (org_id, identifier) on delete cascade
);

create unique index incoming_request_delivery on incoming_request (org_id, webhook, delivery) where delivery is not null;
create index incoming_request_latest on incoming_request (org_id, webhook, received_at desc);
create index incoming_request_age on incoming_request (received_at);
