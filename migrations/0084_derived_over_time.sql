-- When aggregations of an entity become others though nobody writes; null where time changes nothing.
alter table entity add column derived_change_at timestamptz;
create index entity_by_derived_change on entity (derived_change_at) where derived_change_at is not null;
-- What was computed before says nothing of that yet: it is looked at once.
update entity e set derived_change_at = now()
from blueprint b
where b.org_id = e.org_id and b.identifier = e.blueprint
  and (b.document::jsonb -> 'aggregationProperties')::text ~ 'averageOf|"preset"|Expired"';
