-- People, teams, API credentials, sessions and invitations.

create table person (
  org_id text not null references organisation (id),
  id text not null,
  email text not null,
  first_name text not null,
  last_name text not null,
  password_hash text,
  roles text[] not null,
  status text not null,
  preferences jsonb not null default '{}',
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (org_id, id)
);
-- Sign-in asks for an e-mail alone, so one address belongs to one organisation.
create unique index person_by_email on person (lower(email));

create table team (
  org_id text not null references organisation (id),
  name text not null,
  id text not null,
  description text,
  provider text not null default 'port',
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (org_id, name)
);

create table team_member (
  org_id text not null,
  team text not null,
  person_id text not null,
  primary key (org_id, team, person_id),
  foreign key (org_id, team) references team (org_id, name) on delete cascade on update cascade,
  foreign key (org_id, person_id) references person (org_id, id) on delete cascade
);
create index team_member_by_person on team_member (org_id, person_id);

create table credential (
  org_id text not null references organisation (id),
  id text not null,
  name text not null,
  client_id text not null unique,
  -- Encrypted rather than hashed: it also signs webhooks.
  sealed_secret text not null,
  -- The oldest credential of an organisation signs what it sends.
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  version int not null default 1,
  primary key (org_id, id)
);

create table session (
  token_hash text primary key,
  org_id text not null,
  person_id text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  foreign key (org_id, person_id) references person (org_id, id) on delete cascade
);

create table invitation (
  token_hash text primary key,
  org_id text not null references organisation (id),
  email text not null,
  roles text[] not null,
  teams text[] not null,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz
);
