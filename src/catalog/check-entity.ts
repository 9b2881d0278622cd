import { sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { planSearch, searchSetting } from './plan-search.ts';
import { resolveContexts } from './resolve-contexts.ts';
import { parseSearchRules } from './rules/parse-rules.ts';

/** Whether an entity matches a search query; refuses a query that cannot be read. */
export async function checkEntity(
  { db, clock, blueprints }: { readonly db: Db; readonly clock: Clock; readonly blueprints: Blueprints },
  actor: Actor,
  entity: { readonly blueprint: string; readonly identifier: string },
  query: unknown,
): Promise<boolean> {
  const rules = await resolveContexts(db, actor, parseSearchRules(query, 'condition'));
  const { document } = await blueprints.get(db, actor.orgId, entity.blueprint);
  const [group] = planSearch(rules, [document], await searchSetting({ db, clock }, actor));
  if (group === undefined) return false;
  const found = await sql`
    select from entity e where e.identifier = ${entity.identifier} and ${group.condition}`.execute(db);
  return found.rows.length > 0;
}
