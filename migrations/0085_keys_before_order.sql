-- Where a table has not been counted yet, PostgreSQL holds all indexes that an equality can use for equally good, and
-- takes the one that was made last: an entity was looked up by its whole name in the index by time of change, and every
-- entity of the blueprint was read for it. The key is made last now.
create unique index entity_by_name on entity (org_id, blueprint, identifier);
alter table entity drop constraint entity_pkey, add constraint entity_pkey primary key using index entity_by_name;

create unique index entity_relation_by_name on entity_relation (org_id, blueprint, identifier, relation, target);
alter table entity_relation drop constraint entity_relation_pkey,
  add constraint entity_relation_pkey primary key using index entity_relation_by_name;
