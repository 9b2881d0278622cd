-- When the scores of an entity become others though nobody writes it; null where time changes nothing.
alter table entity add column scores_change_at timestamptz;
create index entity_by_score_change on entity (scores_change_at) where scores_change_at is not null;
-- What was scored before says nothing of that yet: it is looked at once.
update entity e set scores_change_at = now()
from scorecard s
where s.org_id = e.org_id and s.blueprint = e.blueprint and s.document::text ~ '"preset"|Expired"';
