import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { resolveContexts } from './resolve-contexts.ts';
import { parseSearchRules } from './rules/parse-rules.ts';
import { entityMatches } from './search-entities.ts';

/** Whether an entity matches a search query; refuses a query that cannot be read. */
export async function checkEntity(
  { db, clock, blueprints }: { readonly db: Db; readonly clock: Clock; readonly blueprints: Blueprints },
  actor: Actor,
  entity: { readonly blueprint: string; readonly identifier: string },
  query: unknown,
): Promise<boolean> {
  const rules = await resolveContexts(db, actor, parseSearchRules(query, 'condition'));
  const { document } = await blueprints.get(db, actor.orgId, entity.blueprint);
  return entityMatches({ db, now: clock.now() }, actor, { ...entity, blueprint: document }, rules);
}
