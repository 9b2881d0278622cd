-- Relations and teams are asked for as often as properties are.
create index entity_by_relations on entity using gin (relations jsonb_path_ops, team);
