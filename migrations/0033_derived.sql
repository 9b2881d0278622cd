-- Entities whose derived values may be behind what they depend on; the refresh takes them out again.
create table stale_entity (
  org_id text not null,
  blueprint text collate "C" not null,
  identifier text collate "C" not null,
  -- How many derived values in a row led here. Bounded, so that values that feed each other come to rest.
  depth int not null,
  marked_at timestamptz not null,
  primary key (org_id, blueprint, identifier)
);
create index stale_entity_by_age on stale_entity (org_id, marked_at);
