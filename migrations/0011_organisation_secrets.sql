-- Secrets that templates of actions may use by name. Values are sealed and never read back.
create table organisation_secret (
  org_id text not null references organisation (id),
  name text collate "C" not null,
  description text,
  sealed_value text not null,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (org_id, name)
);
