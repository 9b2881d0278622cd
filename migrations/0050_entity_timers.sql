-- When timer properties of entities expire: what is told at that instant need not be looked for.
create table entity_timer (
  org_id text not null,
  blueprint text collate "C" not null,
  identifier text collate "C" not null,
  property text collate "C" not null,
  due_at timestamptz not null,
  -- Set once it was told, or when there was nothing to tell: the value was in the past when it was written.
  told_at timestamptz,
  primary key (org_id, blueprint, identifier, property)
);
create index entity_timer_due on entity_timer (due_at) where told_at is null;
