-- When calculations that ask for the time may give another value: only entities whose instant has come are asked.
create table calculation_due (
  org_id text not null,
  blueprint text collate "C" not null,
  identifier text collate "C" not null,
  due_at timestamptz not null,
  -- Grows with every change of the entity: what was found before one does not count after it.
  changes int not null default 0,
  primary key (org_id, blueprint, identifier)
);
create index calculation_due_by_time on calculation_due (org_id, blueprint, due_at);
-- The state of a blueprint for which that is known of all its entities.
create table calculation_watch (
  org_id text not null,
  blueprint text collate "C" not null,
  revision bigint not null,
  primary key (org_id, blueprint)
);
