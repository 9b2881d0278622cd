-- Who sees an application whose document names groups; null is everybody. Written together with the document.
alter table application add column readers text[];
create index application_restricted on application (org_id, name) where readers is not null;

-- Groups one of which somebody has to be in, to see an approval and to decide it; null asks for none.
alter table approval add column readers text[];
alter table approval add column deciders text[];
