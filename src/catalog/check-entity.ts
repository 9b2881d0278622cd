import { type RawBuilder, sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { Problem } from '#platform/problem.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { planSearch, searchSetting } from './plan-search.ts';
import { resolveContexts } from './resolve-contexts.ts';
import { parseSearchRules } from './rules/parse-rules.ts';

interface Parts {
  readonly db: Db;
  readonly clock: Clock;
  readonly blueprints: Blueprints;
}

interface EntityName {
  readonly blueprint: string;
  readonly identifier: string;
}

/** Whether an entity matches a search query; refuses a query that cannot be read. */
export async function checkEntity(parts: Parts, actor: Actor, entity: EntityName, query: unknown): Promise<boolean> {
  const condition = await conditionOn(parts, actor, entity, query);
  if (condition === null) return false;
  const found = await sql`
    select from entity e where e.identifier = ${entity.identifier} and ${condition}`.execute(parts.db);
  return found.rows.length > 0;
}

/** The same for many queries in one statement; what cannot be read matches nothing. */
export async function checkEntityQueries(
  parts: Parts,
  actor: Actor,
  entity: EntityName,
  queries: readonly unknown[],
): Promise<readonly boolean[]> {
  if (queries.length === 0) return [];
  const conditions = await Promise.all(
    queries.map(async (query) =>
      conditionOn(parts, actor, entity, query).catch((error: unknown) => {
        if (error instanceof Problem) return null;
        throw error;
      }),
    ),
  );
  const answers = conditions.map((condition) => (condition === null ? sql`false` : sql`coalesce(${condition}, false)`));
  const found = await sql<{ readonly answers: readonly boolean[] }>`
    select array[${sql.join(answers)}] as answers from entity e
    where e.org_id = ${actor.orgId} and e.blueprint = ${entity.blueprint}
      and e.identifier = ${entity.identifier}`.execute(parts.db);
  return found.rows[0]?.answers ?? queries.map(() => false);
}

/** On a row `e`; null when no entity of the blueprint can match. */
async function conditionOn(
  { db, clock, blueprints }: Parts,
  actor: Actor,
  entity: EntityName,
  query: unknown,
): Promise<RawBuilder<boolean> | null> {
  const rules = await resolveContexts(db, actor, parseSearchRules(query, 'condition'));
  const { document } = await blueprints.get(db, actor.orgId, entity.blueprint);
  const [group] = planSearch(rules, [document], await searchSetting({ db, clock }, actor));
  return group?.condition ?? null;
}
