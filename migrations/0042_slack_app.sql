-- What people begin in Slack, and the home tabs that follow them.

-- The direct message that tells somebody about a run they started in Slack, to its end.
create table slack_run_message (
  org_id text not null references organisation (id),
  run_id text not null,
  -- What asked for it: the same submission twice is one run.
  interaction_id text not null,
  slack_user_id text not null,
  person_id text not null,
  -- 'wanted', 'posted', 'undeliverable', 'unknown'.
  state text not null default 'wanted',
  channel_id text,
  ts text,
  -- A hash of what it shows; the same again is not sent.
  shown text,
  attempted_at timestamptz,
  tries int not null default 0,
  error text,
  claimed_until timestamptz,
  created_at timestamptz not null,
  primary key (org_id, run_id),
  unique (org_id, interaction_id)
);

-- Home tabs that somebody opened: who sees which, and what it shows.
create table slack_home (
  org_id text not null,
  team_id text not null,
  slack_user_id text not null,
  person_id text not null,
  opened_at timestamptz not null,
  -- Set while something it shows has changed; whoever publishes it takes it away.
  wanted_at timestamptz,
  published_at timestamptz,
  shown text,
  primary key (org_id, team_id, slack_user_id),
  foreign key (org_id, person_id) references person (org_id, id) on delete cascade
);
create index slack_home_wanted on slack_home (org_id, wanted_at) where wanted_at is not null;
