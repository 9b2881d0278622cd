-- Blueprints, entities and the relations between entities.

-- Names every state that a blueprint ever had, across deletion and re-creation, so that what was compiled from
-- one state is never taken for another.
create sequence blueprint_revision;

create table blueprint (
  org_id text not null references organisation (id),
  identifier text collate "C" not null,
  -- As it was sent, in the order of its keys: people see properties in that order.
  document json not null,
  -- Only what somebody changed; the rest holds by default.
  permissions jsonb not null default '{}',
  version int not null default 1,
  revision bigint not null default nextval('blueprint_revision'),
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, identifier)
);

-- Writers of entities hold their blueprint's row, so no foreign key is needed (it would cost a look-up a row).
create table entity (
  org_id text not null,
  blueprint text collate "C" not null,
  identifier text collate "C" not null,
  title text collate "C" not null,
  icon text,
  team text[] not null,
  properties jsonb not null,
  relations jsonb not null,
  scorecards jsonb,
  -- The last writer, even one who changed nothing.
  datasource text collate "C" not null,
  version int not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, blueprint, identifier)
);
-- Titles have no limit, index entries do.
create index entity_by_title on entity (org_id, blueprint, lower(left(title, 200)), identifier);
create index entity_by_update on entity (org_id, blueprint, updated_at, identifier);
create index entity_by_properties on entity using gin (properties jsonb_path_ops);

-- The `relations` of entities as rows, so that both directions are indexed.
create table entity_relation (
  org_id text not null,
  blueprint text collate "C" not null,
  identifier text collate "C" not null,
  relation text collate "C" not null,
  target_blueprint text collate "C" not null,
  target text collate "C" not null,
  primary key (org_id, blueprint, identifier, relation, target)
);
create index entity_relation_by_target on entity_relation (org_id, target_blueprint, target, blueprint, relation);

-- Long-running changes of many entities, for clients that poll them.
create table catalog_migration (
  org_id text not null references organisation (id),
  id text not null,
  document jsonb not null,
  created_at timestamptz not null,
  primary key (org_id, id)
);
create index catalog_migration_by_age on catalog_migration (org_id, created_at);
