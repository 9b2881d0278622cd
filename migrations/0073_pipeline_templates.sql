-- Templates of pipelines: every content that was ever saved, by its digest, and what names it.
create table pipeline_template (
  org_id text not null references organisation (id),
  id text not null,
  digest text not null,
  -- In the order of its keys, since people edit it as text.
  document json not null,
  saved_at timestamptz not null,
  saved_by text not null,
  primary key (org_id, id, digest)
);

create table pipeline_template_tag (
  org_id text not null,
  id text not null,
  tag text not null,
  digest text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, id, tag),
  foreign key (org_id, id, digest) references pipeline_template (org_id, id, digest) on delete cascade
);

-- Which template a pipeline is made from.
alter table pipeline add column template text;
create index pipeline_by_template on pipeline (org_id, template) where template is not null;

-- What clients of Gate asked for as a task; all are done when they are answered.
create table gate_task (
  org_id text not null references organisation (id),
  id text not null,
  application text not null,
  description text not null,
  job json not null,
  asked_at timestamptz not null,
  asked_by text not null,
  primary key (org_id, id)
);
create index gate_task_by_time on gate_task (asked_at);
