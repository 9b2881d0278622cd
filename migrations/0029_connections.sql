-- Where an organisation is connected: GitHub, GitLab, Azure DevOps, Kafka. Credentials are sealed together.
create table connection (
  org_id text not null references organisation (id),
  kind text collate "C" not null,
  settings jsonb not null,
  sealed_secrets text not null,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, kind)
);
