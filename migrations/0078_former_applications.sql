-- Rights of applications that were restricted when somebody deleted them: their executions stay, and stay closed.
create table former_application (
  org_id text not null references organisation (id) on delete cascade,
  name text collate "C" not null,
  permissions jsonb not null,
  readers text[] not null,
  deleted_at timestamptz not null,
  primary key (org_id, name)
);
create unique index former_application_by_name on former_application (org_id, lower(name));
