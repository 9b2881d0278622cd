-- The Slack connection of an organisation, what Slack sent, and who is who there.

create table slack_connection (
  org_id text primary key references organisation (id),
  -- 'bot' or 'webhook': how messages are posted.
  mode text not null,
  bot_name text not null,
  channel text,
  -- Of messages in channels; direct ones are in their reader's.
  language text not null,
  -- Bot token, signing secrets, app token and webhook address, sealed together.
  sealed_secrets text not null,
  -- What Slack said when the token was last tested: workspace, bot user, scopes.
  workspace jsonb,
  checked_at timestamptz,
  version int not null default 1,
  updated_at timestamptz not null
);
create index slack_connection_by_team on slack_connection ((workspace ->> 'teamId'));

create table slack_interaction (
  org_id text not null references organisation (id),
  -- A hash of what makes it one thing: a second arrival of the same changes nothing.
  id text not null,
  kind text not null,
  -- May answer in the person's name for half an hour, so it is kept sealed and emptied when the work is done.
  sealed_payload text,
  received_at timestamptz not null,
  handled_at timestamptz,
  outcome text,
  primary key (org_id, id)
);
create index slack_interaction_open on slack_interaction (received_at) where handled_at is null;

create table slack_identity (
  org_id text not null,
  team_id text not null,
  slack_user_id text not null,
  person_id text not null,
  -- 'email': Slack's verified address is theirs; 'sign-in': they confirmed it here.
  proof text not null,
  linked_at timestamptz not null,
  checked_at timestamptz not null,
  primary key (org_id, team_id, slack_user_id),
  foreign key (org_id, person_id) references person (org_id, id) on delete cascade
);
create index slack_identity_by_person on slack_identity (org_id, person_id);

create table slack_link (
  org_id text not null references organisation (id),
  token_hash text not null,
  team_id text not null,
  slack_user_id text not null,
  slack_name text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (org_id, token_hash)
);
