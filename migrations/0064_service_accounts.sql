-- People who are programs: they act with the roles and teams of a person and come with credentials of their own.

alter table person add column type text not null default 'STANDARD' check (type in ('STANDARD', 'SERVICE_ACCOUNT'));

-- Credentials of a person; null for those of the organisation.
alter table credential add column person_id text;
alter table credential add constraint credential_of_person
  foreign key (org_id, person_id) references person (org_id, id) on delete cascade;
create unique index credential_by_person on credential (org_id, person_id) where person_id is not null;
