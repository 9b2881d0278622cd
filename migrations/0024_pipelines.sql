-- Applications, their pipelines, and what becomes of them when they are started.

create table application (
  org_id text not null references organisation (id),
  name text collate "C" not null,
  -- What people wrote about it: e-mail, description, and what other clients keep there.
  document jsonb not null default '{}',
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, name)
);
create unique index application_by_name on application (org_id, lower(name));

create table pipeline (
  org_id text not null,
  id text not null,
  application text collate "C" not null,
  name text not null,
  -- The order in which people see the pipelines of an application.
  position int not null default 0,
  -- In the order of its keys, since people edit it as text.
  document json not null,
  version int not null default 1,
  -- Of its latest execution.
  last_number int not null default 0,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, id),
  foreign key (org_id, application) references application (org_id, name)
);
create unique index pipeline_by_name on pipeline (org_id, application, lower(name));

-- Every saved state; a pipeline that is deleted takes its past with it.
create table pipeline_revision (
  org_id text not null,
  pipeline text not null,
  version int not null,
  document json not null,
  saved_at timestamptz not null,
  saved_by text not null,
  primary key (org_id, pipeline, version),
  foreign key (org_id, pipeline) references pipeline (org_id, id) on delete cascade
);

create table execution (
  org_id text not null references organisation (id),
  id text not null,
  -- The pipeline may be gone.
  pipeline text not null,
  application text collate "C" not null,
  name text not null,
  number int not null,
  pipeline_version int not null,
  status text not null,
  -- The pipeline as it was when the execution began.
  document json not null,
  trigger jsonb not null,
  -- Who the stages act as: the person who started it, or Quayside.
  authentication jsonb not null,
  parent_execution text,
  parent_stage text,
  -- How many executions stand above this one.
  depth int not null default 0,
  -- Two requests with the same one start it once.
  correlation text,
  cancellation jsonb,
  pause jsonb,
  version int not null default 1,
  -- When time alone lets it go on; looked at by the sweep.
  due_at timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  started_at timestamptz,
  ended_at timestamptz,
  updated_at timestamptz not null,
  primary key (org_id, id)
);
create index execution_by_time on execution (org_id, created_at desc, id desc);
create index execution_by_pipeline on execution (org_id, pipeline, created_at desc);
create index execution_by_application on execution (org_id, application, created_at desc);
create index execution_by_parent on execution (org_id, parent_execution) where parent_execution is not null;
create index execution_open on execution (org_id, pipeline) where ended_at is null;
create index execution_due on execution (due_at) where due_at is not null;
create unique index execution_by_correlation on execution (org_id, pipeline, correlation) where correlation is not null;

create table stage (
  org_id text not null,
  execution text not null,
  ref_id text not null,
  id text not null,
  position int not null,
  name text not null,
  type text not null,
  status text not null,
  attempt int not null default 1,
  -- What the stage works with, and what it said; `outputs` are for the stages after it.
  context jsonb not null default '{}',
  outputs jsonb not null default '{}',
  -- What a running stage waits for.
  wait jsonb,
  -- What it sends, with secrets; forgotten when the stage ends.
  sealed text,
  last_modified jsonb,
  started_at timestamptz,
  ended_at timestamptz,
  primary key (org_id, execution, ref_id),
  unique (org_id, id),
  foreign key (org_id, execution) references execution (org_id, id) on delete cascade
);
create index stage_by_wait on stage (org_id, (wait ->> 'for'), (wait ->> 'id')) where wait is not null;
