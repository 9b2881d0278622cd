-- Scorecards of blueprints. What they say of an entity stands in `entity.scorecards`.

create table scorecard (
  org_id text not null,
  blueprint text collate "C" not null,
  identifier text collate "C" not null,
  id text not null,
  -- As it was sent, in the order of its keys.
  document json not null,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, blueprint, identifier),
  foreign key (org_id, blueprint) references blueprint (org_id, identifier)
);
