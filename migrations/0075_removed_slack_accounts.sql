-- Which Slack accounts are whose, for people to see, and those that were taken from somebody.

-- What Slack calls them and the workspace; names, never a proof.
alter table slack_identity add column slack_name text, add column team_name text;
alter table slack_link add column team_name text;

-- Not tied again by an address; only by a link that somebody opens and confirms, which ends this.
create table slack_removed_account (
  org_id text not null references organisation (id),
  team_id text not null,
  slack_user_id text not null,
  slack_name text,
  team_name text,
  -- Whose it was, by name too, since they may be gone.
  person_id text not null,
  person_name text not null,
  removed_by text not null,
  removed_by_name text not null,
  removed_at timestamptz not null,
  primary key (org_id, team_id, slack_user_id)
);
create index slack_removed_account_by_time on slack_removed_account (org_id, removed_at desc);
