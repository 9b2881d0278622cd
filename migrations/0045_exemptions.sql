-- Rules of scorecards that do not count for an entity until a date, asked for and approved.

create table rule_exemption (
  org_id text not null references organisation (id),
  id text not null,
  blueprint text collate "C" not null,
  entity text collate "C" not null,
  scorecard text collate "C" not null,
  rule text not null,
  -- PENDING, ACTIVE, REJECTED, EXPIRED, REVOKED.
  status text not null,
  until timestamptz not null,
  reason text not null,
  requested_at timestamptz not null,
  requested_by text not null,
  requested_by_name text not null,
  decided_at timestamptz,
  decided_by_name text,
  primary key (org_id, id)
);
create unique index rule_exemption_pending on rule_exemption (org_id, blueprint, entity, scorecard, rule)
  where status = 'PENDING';
create index rule_exemption_by_entity on rule_exemption (org_id, blueprint, entity, requested_at desc);
create index rule_exemption_active on rule_exemption (org_id, blueprint) where status = 'ACTIVE';
create index rule_exemption_until on rule_exemption (until) where status = 'ACTIVE';

-- Who decides about exemptions of a scorecard; administrators where there is no row.
create table exemption_policy (
  org_id text not null references organisation (id),
  blueprint text collate "C" not null,
  scorecard text collate "C" not null,
  approvers jsonb not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, blueprint, scorecard)
);
