-- Calls of stages that nobody waits for any more, until the other side was told so.
create table withdrawn_call (
  org_id text not null,
  execution text not null,
  stage text not null,
  attempt int not null,
  sealed text not null,
  -- When the call began whose answer is not known yet.
  calling_since timestamptz,
  withdrawn_at timestamptz not null,
  primary key (org_id, stage, attempt),
  foreign key (org_id, execution) references execution (org_id, id) on delete cascade
);
create index withdrawn_call_by_time on withdrawn_call (withdrawn_at);
