-- Pages of the portal, the folders they lie in, and in which order.

create table sidebar (
  org_id text primary key references organisation (id)
);

create table sidebar_item (
  org_id text not null,
  identifier text collate "C" not null,
  kind text not null check (kind in ('folder', 'page')),
  -- Of folders; a page's own is in its document.
  title text,
  parent text collate "C",
  -- The sibling it was asked to stand behind.
  after text collate "C",
  -- Whoever came first stands first among those that ask for the same place.
  place bigint generated always as identity,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, identifier),
  foreign key (org_id) references sidebar (org_id),
  foreign key (org_id, parent) references sidebar_item (org_id, identifier)
);

create index sidebar_item_parent on sidebar_item (org_id, parent);

create table page (
  org_id text not null,
  identifier text collate "C" not null,
  type text not null,
  blueprint text collate "C",
  -- As it was sent, in the order of its keys.
  document json not null,
  -- Who reads and who changes it, beside administrators.
  permissions jsonb not null,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, identifier),
  foreign key (org_id, identifier) references sidebar_item (org_id, identifier)
);

create index page_blueprint on page (org_id, blueprint) where blueprint is not null;
