-- Through which environments versions of an application's artifacts go, and what has to be so before they enter one.

create table delivery_config (
  org_id text not null,
  id text not null,
  application text collate "C" not null,
  name text not null,
  -- In the order of its keys, since people edit it as text.
  document json not null,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, id),
  unique (org_id, application),
  foreign key (org_id, application) references application (org_id, name)
);
create unique index delivery_config_by_name on delivery_config (org_id, lower(name));

create table artifact_version (
  org_id text not null,
  config text not null,
  -- Which of the config's artifacts.
  reference text not null,
  version text not null,
  -- In the order in which they were reported.
  position int not null,
  -- Commit, build, and what else was told about it.
  details jsonb not null,
  reported_at timestamptz not null,
  reported_by text not null,
  reported_by_name text not null,
  primary key (org_id, config, reference, version),
  foreign key (org_id, config) references delivery_config (org_id, id) on delete cascade
);
create index artifact_version_by_position on artifact_version (org_id, config, reference, position desc);

-- What people were asked about a version and an environment, and what they said.
create table constraint_state (
  org_id text not null,
  id text not null,
  config text not null,
  environment text not null,
  reference text not null,
  version text not null,
  type text not null,
  status text not null,
  attempt int not null default 1,
  created_at timestamptz not null,
  judged_by text,
  judged_at timestamptz,
  comment text,
  primary key (org_id, id),
  unique (org_id, config, environment, reference, version, type),
  foreign key (org_id, config) references delivery_config (org_id, id) on delete cascade
);
create index constraint_state_pending on constraint_state (org_id, config, environment, reference)
  where status = 'PENDING';

-- Versions that may be in an environment; once they may, they stay.
create table environment_version (
  org_id text not null,
  config text not null,
  environment text not null,
  reference text not null,
  version text not null,
  approved_at timestamptz not null,
  primary key (org_id, config, environment, reference, version),
  foreign key (org_id, config) references delivery_config (org_id, id) on delete cascade
);
