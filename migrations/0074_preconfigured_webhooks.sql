-- Types of stages that administrators made of webhooks.
create table preconfigured_webhook (
  org_id text not null references organisation (id),
  type text not null,
  document jsonb not null,
  version int not null default 1,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, type)
);
