-- Addresses outside to which every event of the organisation is told, in order.

create table event_stream (
  org_id text not null references organisation (id),
  id text not null,
  title text not null,
  -- The address may be a credential by itself.
  sealed_url text not null,
  shown_url text not null,
  -- Events after this one are told.
  from_number bigint not null,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, id)
);

-- What is told to a stream is a delivery, too; its `url` is the stream's name, so that it is made once for each event.
alter table delivery alter column blueprint drop not null;
alter table delivery add column stream text;
alter table delivery add column kind text;
create index delivery_of_stream on delivery (org_id, stream, event_number desc) where stream is not null;
