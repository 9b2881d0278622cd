-- A blueprint may get another identifier; what refers to its row follows.
alter table scorecard drop constraint scorecard_org_id_blueprint_fkey,
  add constraint scorecard_org_id_blueprint_fkey foreign key (org_id, blueprint)
    references blueprint (org_id, identifier) on update cascade;
-- The page of a blueprint's entities is called after it.
alter table page drop constraint page_org_id_identifier_fkey,
  add constraint page_org_id_identifier_fkey foreign key (org_id, identifier)
    references sidebar_item (org_id, identifier) on update cascade;
-- What the log says of a blueprint's entities, it says with the name that held then.
create table former_blueprint (
  org_id text not null,
  former text collate "C" not null,
  identifier text collate "C" not null,
  primary key (org_id, former),
  foreign key (org_id, identifier) references blueprint (org_id, identifier) on update cascade on delete cascade
);
create index former_blueprint_by_identifier on former_blueprint (org_id, identifier);
