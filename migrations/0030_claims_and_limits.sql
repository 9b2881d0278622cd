-- Runs that an agent fetches: whom they are for, and until when the one who fetched them has them.
alter table run add column installation_id text;
alter table run add column claimed_until timestamptz;
-- When a run is ended because its time is over.
alter table run add column deadline timestamptz;
create index run_offered on run (org_id, created_at) where ended_at is null and dispatch_state = 'offered';
create index run_by_deadline on run (deadline) where ended_at is null and deadline is not null;
create index run_by_end on run (ended_at) where ended_at is not null;
