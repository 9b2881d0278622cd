-- Socket Mode, channels to choose from, and the organisation's own words on buttons.

alter table slack_connection add column approve_label text;
alter table slack_connection add column reject_label text;

-- Who holds a connection that Quayside opened to Slack. A holder that does not renew it in time has lost it.
create table slack_socket (
  org_id text not null references organisation (id),
  slot int not null,
  holder text not null,
  held_until timestamptz not null,
  -- 'connecting', 'open', 'failed'.
  state text not null,
  error text,
  since timestamptz not null,
  primary key (org_id, slot)
);

-- Channels as Slack last listed them, for pickers.
create table slack_channel (
  org_id text not null references organisation (id),
  id text not null,
  name text not null,
  is_private boolean not null,
  is_member boolean not null,
  listed_at timestamptz not null,
  primary key (org_id, id)
);
create index slack_channel_by_name on slack_channel (org_id, lower(name));
create table slack_channel_list (
  org_id text primary key references organisation (id),
  -- Which connection was listed: another one has other channels.
  source text not null,
  asked_at timestamptz,
  listed_at timestamptz,
  error text
);
