import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { visibleEntities } from '#catalog/visibility-queries.ts';
import type { ScorecardDocument } from './scorecard.ts';

export interface FailingEntity {
  readonly identifier: string;
  readonly title: string;
  /** The first of its teams. */
  readonly team: string | null;
}

export interface ScorecardSummary {
  /** Entities that the scorecard applies to. */
  readonly entities: number;
  readonly levels: readonly { readonly title: string; readonly color: string; readonly count: number }[];
  readonly rules: readonly {
    readonly identifier: string;
    readonly title: string;
    readonly description: string | null;
    readonly level: string;
    readonly passed: number;
    readonly failed: number;
    /** Of those that passed, how many by an exemption. */
    readonly exempt: number;
    /** Some of them, by title. */
    readonly failing: readonly FailingEntity[];
  }[];
  /** An entity of several teams counts for each; null stands for entities of no team. */
  readonly teams: readonly {
    readonly team: string | null;
    readonly entities: number;
    readonly passedRules: number;
    readonly totalRules: number;
  }[];
}

type Condition = RawBuilder<boolean>;

const failingShown = 20;

/** How the entities of a blueprint stand on one of its scorecards, as far as the caller may see them. */
export async function summarizeScores(db: Db, actor: Actor, scorecard: ScorecardDocument): Promise<ScorecardSummary> {
  const scored = await scoredBy(db, actor, scorecard);
  const standing = await levelCounts(db, scored, scorecard);
  const rules = await ruleCounts(db, scored, scorecard);
  return {
    entities: [...standing.values()].reduce((sum, count) => sum + count, 0),
    levels: scorecard.levels.map((level) => ({ ...level, count: standing.get(level.title) ?? 0 })),
    rules: scorecard.rules.map(({ identifier, title, description, level }) => {
      const found = rules.get(identifier) ?? { passed: 0, failed: 0, exempt: 0, failing: [] };
      return { identifier, title, description: description ?? null, level, ...found };
    }),
    teams: await teamCounts(db, scored, scorecard),
  };
}

/** Rows `e` that carry results of the scorecard. */
export async function scoredBy(
  db: Db,
  actor: Actor,
  { blueprint, identifier }: ScorecardDocument,
): Promise<RawBuilder<boolean>> {
  return sql`e.org_id = ${actor.orgId} and e.blueprint = ${blueprint} and ${await visibleEntities(db, actor)}
    and e.scorecards ? ${identifier}`;
}

async function levelCounts(
  db: Db,
  scored: Condition,
  scorecard: ScorecardDocument,
): Promise<ReadonlyMap<string, number>> {
  const found = await sql<{ level: string; count: number }>`
    select e.scorecards -> ${scorecard.identifier}::text ->> 'level' as level, count(*) as count
    from entity e where ${scored} group by 1`.execute(db);
  return new Map(found.rows.map((row) => [row.level, row.count]));
}

interface RuleCount {
  readonly passed: number;
  readonly failed: number;
  readonly exempt: number;
  readonly failing: readonly FailingEntity[];
}

async function ruleCounts(
  db: Db,
  scored: Condition,
  scorecard: ScorecardDocument,
): Promise<ReadonlyMap<string, RuleCount>> {
  const found = await sql<RuleCount & { rule: string }>`
    select counts.rule, counts.passed, counts.failed, counts.exempt, coalesce(failing.list, '[]'::jsonb) as failing
    from (
      select result.identifier as rule,
             count(*) filter (where result.status = 'SUCCESS') as passed,
             count(*) filter (where result.status <> 'SUCCESS') as failed,
             count(*) filter (where result.exemption is not null) as exempt
      from entity e
      cross join jsonb_to_recordset(e.scorecards -> ${scorecard.identifier}::text -> 'rules')
        as result(identifier text, status text, exemption jsonb)
      where ${scored} group by 1
    ) as counts
    cross join lateral (
      select jsonb_agg(jsonb_build_object('identifier', f.identifier, 'title', f.title, 'team', f.team)) as list
      from (
        select e.identifier, e.title, e.team[1] as team from entity e
        where ${scored} and counts.failed > 0
          and e.scorecards -> ${scorecard.identifier}::text -> 'rules'
            @> jsonb_build_array(jsonb_build_object('identifier', counts.rule, 'status', 'FAILURE'))
        order by lower(left(e.title, 200)), e.identifier limit ${failingShown}
      ) as f
    ) as failing`.execute(db);
  return new Map(found.rows.map(({ rule, ...count }) => [rule, count]));
}

async function teamCounts(db: Db, scored: Condition, scorecard: ScorecardDocument): Promise<ScorecardSummary['teams']> {
  const found = await sql<ScorecardSummary['teams'][number]>`
    select team, count(*) as entities, sum(passed)::bigint as "passedRules", sum(total)::bigint as "totalRules"
    from (
      select unnest(case when cardinality(e.team) = 0 then array[null::text] else e.team end) as team,
             jsonb_array_length(jsonb_path_query_array(rules, '$[*] ? (@.status == "SUCCESS")')) as passed,
             jsonb_array_length(rules) as total
      from entity e
      cross join lateral (select e.scorecards -> ${scorecard.identifier}::text -> 'rules' as rules offset 0) as r
      where ${scored}
    ) as owned
    group by team order by sum(passed)::numeric / greatest(sum(total), 1) desc, team`.execute(db);
  return found.rows;
}
