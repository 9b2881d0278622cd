-- Messages about approvals, as they stand in Slack.
create table slack_approval_message (
  org_id text not null references organisation (id),
  approval_id text not null,
  -- The channel as it was named; one message of each kind per channel, however often it is named.
  place text not null,
  -- 'card', 'ended', 'reminder-1', 'escalated'.
  kind text not null,
  -- 'wanted', 'posted', 'undeliverable', 'unknown', 'needless'.
  state text not null default 'wanted',
  channel_id text,
  ts text,
  -- A hash of what it shows; the same again is not sent.
  shown text,
  attempted_at timestamptz,
  tries int not null default 0,
  error text,
  -- Who works on it holds it until then.
  claimed_until timestamptz,
  primary key (org_id, approval_id, place, kind)
);
create index slack_approval_message_by_ts on slack_approval_message (org_id, channel_id, ts);
