-- Named views of a blueprint's table, of one person or of everybody.
create table table_view (
  org_id text not null,
  id text not null,
  blueprint text collate "C" not null,
  title text not null,
  shared boolean not null,
  -- Columns, order, filter and grouping.
  state jsonb not null,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, id)
);

create index table_view_by_blueprint on table_view (org_id, blueprint, created_at);

-- With which view a table opens: for one person, or where `person` is empty for everybody who chose none.
create table table_view_default (
  org_id text not null,
  blueprint text collate "C" not null,
  person text not null,
  view_id text not null,
  primary key (org_id, blueprint, person),
  foreign key (org_id, view_id) references table_view (org_id, id) on delete cascade
);

create index table_view_default_by_view on table_view_default (org_id, view_id);
