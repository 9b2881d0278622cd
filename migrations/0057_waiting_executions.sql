-- Executions that wait for room in their pipeline: whenever one ends, somebody asks whether there are any.
create index execution_waiting on execution (org_id, pipeline) where status = 'NOT_STARTED';

-- Every stage is written when its execution begins and once more, soon, when it ends: with room on the page the second
-- time touches no index.
alter table stage set (fillfactor = 60);
