-- What starts pipelines by itself, as the documents say; written together with them.
create table pipeline_trigger (
  org_id text not null,
  pipeline text not null,
  id text not null,
  type text not null,
  -- What it listens to: a webhook's source, another pipeline, a blueprint.
  target text,
  document jsonb not null,
  -- Of a cron trigger: when it fires next.
  next_at timestamptz,
  primary key (org_id, pipeline, id),
  foreign key (org_id, pipeline) references pipeline (org_id, id) on delete cascade
);
create index pipeline_trigger_due on pipeline_trigger (next_at) where next_at is not null;
create index pipeline_trigger_by_target on pipeline_trigger (org_id, type, target);

-- Messages that were begun, so that a second try looks for the first instead of repeating it.
create table pipeline_notice (
  org_id text not null references organisation (id),
  key text not null,
  begun_at timestamptz not null,
  primary key (org_id, key)
);
create index pipeline_notice_by_time on pipeline_notice (begun_at);
