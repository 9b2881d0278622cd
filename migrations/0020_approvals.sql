-- Questions that people decide, of whatever asks them, and what they answered.

create table approval (
  org_id text not null references organisation (id),
  id text not null,
  -- What the decision is about: run, stage, constraint or exemption; and which try of it.
  subject_kind text not null,
  subject_id text not null,
  attempt int not null,
  title text not null,
  summary text not null,
  facts jsonb not null,
  link text,
  -- Of what is approved; another hash is another question.
  content_hash text not null,
  requested_by text not null,
  requested_by_name text not null,
  impersonated_by text,
  requested_at timestamptz not null,
  -- Seen only by who asked, who may decide, and administrators.
  private boolean not null,
  -- Quorum, labels, inputs, timers, notifications.
  terms jsonb not null,
  state text not null,
  decision jsonb,
  closed_at timestamptz,
  reminders_sent int not null default 0,
  escalated_at timestamptz,
  -- When a timer of it fires next.
  due_at timestamptz,
  version int not null default 1,
  updated_at timestamptz not null,
  primary key (org_id, id)
);
create unique index approval_open on approval (org_id, subject_kind, subject_id, attempt) where state = 'open';
create index approval_by_subject on approval (org_id, subject_kind, subject_id, attempt);
create index approval_pending on approval (org_id, requested_at desc, id desc) where state = 'open';
create index approval_closed on approval (org_id, closed_at desc, id desc) where state <> 'open';
create index approval_due on approval (due_at) where state = 'open';

-- Who is asked: people by e-mail in lower case, roles, teams; within a group when the quorum has groups.
create table approval_approver (
  org_id text not null,
  approval_id text not null,
  group_name text not null,
  kind text not null,
  name text not null,
  primary key (org_id, approval_id, group_name, kind, name),
  foreign key (org_id, approval_id) references approval (org_id, id) on delete cascade
);
create index approval_approver_by_name on approval_approver (org_id, kind, name);

create table approval_vote (
  org_id text not null,
  approval_id text not null,
  voter_id text not null,
  voter_name text not null,
  voter_email text,
  verdict text not null,
  comment text,
  input text,
  through text not null,
  -- Whose places somebody took who decides for others: ids of people.
  on_behalf_of text[] not null,
  at timestamptz not null,
  primary key (org_id, approval_id, voter_id),
  foreign key (org_id, approval_id) references approval (org_id, id) on delete cascade
);

create table approval_delegation (
  org_id text not null,
  approval_id text not null,
  from_person text not null,
  to_person text not null,
  reason text,
  delegated_by text not null,
  at timestamptz not null,
  primary key (org_id, approval_id, from_person),
  foreign key (org_id, approval_id) references approval (org_id, id) on delete cascade
);
create index approval_delegation_by_person on approval_delegation (org_id, to_person);
