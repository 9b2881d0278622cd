-- Self-service actions, and the runs they start.

create table action (
  org_id text not null references organisation (id),
  identifier text collate "C" not null,
  id text not null,
  blueprint text collate "C",
  -- The identifier on the older routes, unique within its blueprint.
  legacy_identifier text collate "C" not null,
  -- 1 or 2: the shape in which it was saved; it decides the body that its backend gets.
  shape int not null,
  -- Always version 2, in the order of its keys: forms show inputs in that order.
  document json not null,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, identifier)
);
create unique index action_by_legacy_identifier on action (org_id, coalesce(blueprint, ''), legacy_identifier);

create table action_permissions (
  org_id text not null,
  action text collate "C" not null,
  document jsonb not null,
  primary key (org_id, action),
  foreign key (org_id, action) references action (org_id, identifier) on delete cascade on update cascade
);

create table run (
  org_id text not null references organisation (id),
  id text not null,
  action text collate "C" not null,
  -- The action as it was when the run began.
  action_snapshot jsonb not null,
  blueprint text collate "C",
  entity text collate "C",
  status text not null,
  status_label text,
  link jsonb,
  summary text,
  message jsonb,
  external_run_id text,
  source text not null,
  properties jsonb not null,
  raw_properties jsonb not null,
  -- The evaluated invocation, secrets masked: what people see.
  payload jsonb,
  -- The evaluated invocation as it is sent, sealed; cleared when the run ends.
  sealed_invocation text,
  response jsonb,
  -- Where the call to the backend stands: waiting, calling, called, unknown or failed.
  dispatch_state text not null,
  dispatch_started_at timestamptz,
  -- What the backend needs to follow its work, e.g. the workflow run at GitHub.
  backend jsonb not null default '{}',
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  ended_at timestamptz,
  impersonated_by text,
  primary key (org_id, id)
);
create index run_by_time on run (org_id, created_at desc, id desc);
create index run_by_action on run (org_id, action, created_at desc);
create index run_by_entity on run (org_id, blueprint, entity, created_at desc) where entity is not null;
create index run_by_person on run (org_id, created_by, created_at desc);
create index run_open on run (org_id, created_at) where ended_at is null;
create index run_by_external_run on run (org_id, external_run_id) where external_run_id is not null;

create table run_log (
  org_id text not null,
  run_id text not null,
  ordinal bigint generated always as identity,
  id text not null,
  message text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (org_id, run_id, ordinal),
  foreign key (org_id, run_id) references run (org_id, id) on delete cascade
);
