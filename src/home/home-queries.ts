import { sql } from 'kysely';
import { visibleEntities } from '#catalog/visibility-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { allScorecards } from '#scorecards/scorecard-queries.ts';
import { type FailingRule, nextRules, type ScoredRow } from './home-rules.ts';

const entitiesLookedAt = 200;
const rulesShown = 20;

/** What the teams of a person have to see to, the entities changed longest ago first. */
export async function failingRulesOf(db: Db, actor: Actor): Promise<readonly FailingRule[]> {
  if (actor.kind !== 'user' || actor.teams.length === 0) return [];
  const visible = await visibleEntities(db, actor);
  const [scorecards, found] = await Promise.all([
    allScorecards(db, actor.orgId),
    sql<ScoredRow>`
      select e.blueprint, e.identifier, e.title, e.scorecards from entity e
      where e.org_id = ${actor.orgId} and e.team && ${actor.teams as string[]}::text[] and e.scorecards is not null
        and ${visible}
      order by e.updated_at, e.blueprint, e.identifier limit ${entitiesLookedAt}`.execute(db),
  ]);
  return nextRules(
    found.rows,
    scorecards.map((scorecard) => scorecard.document),
  ).slice(0, rulesShown);
}
