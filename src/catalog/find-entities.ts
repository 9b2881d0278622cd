import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Blueprints } from './blueprint-queries.ts';
import type { WireEntity } from './entity-queries.ts';
import { planSearch, searchSetting } from './plan-search.ts';
import { presentEntities } from './present-entities.ts';
import { resolveContexts } from './resolve-contexts.ts';
import { parseSearchRules } from './rules/parse-rules.ts';
import { searchPages } from './search-entities.ts';

export interface EntitySearch {
  /** In the rule language. */
  readonly query: unknown;
  /** Among these blueprints; among all when null. Unknown ones have no entities. */
  readonly blueprints: readonly string[] | null;
  /** Whom values by "context" speak of, where somebody else reads in their stead. */
  readonly asker?: Actor;
  /** At most so many. */
  readonly limit: number;
}

/** The first entities that match, as GET shows them to this actor; refuses a query that cannot be read. */
export async function findEntities(
  { db, clock, blueprints }: { readonly db: Db; readonly clock: Clock; readonly blueprints: Blueprints },
  actor: Actor,
  search: EntitySearch,
): Promise<readonly WireEntity[]> {
  const rules = await resolveContexts(db, search.asker ?? actor, parseSearchRules(search.query, ''));
  const all = await blueprints.all(db, actor.orgId);
  const wanted = search.blueprints === null ? null : new Set(search.blueprints);
  const documents = new Map(
    all
      .filter(({ document }) => wanted === null || wanted.has(document.identifier))
      .map(({ document }) => [document.identifier, document]),
  );
  const groups = planSearch(rules, [...documents.values()], await searchSetting({ db, clock }, actor));
  const found: WireEntity[] = [];
  for await (const rows of searchPages(db, groups, search.limit)) {
    found.push(...(await presentEntities({ db, actor, options: {} }, rows, (name) => documents.get(name))));
    if (found.length >= search.limit) break;
  }
  return found.slice(0, search.limit);
}
