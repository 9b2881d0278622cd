import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import { planSearch, type SearchGroup, searchSetting } from './plan-search.ts';
import { resolveContexts } from './resolve-contexts.ts';
import { parseSearchRules } from './rules/parse-rules.ts';
import { withWords } from './table-queries.ts';

/** What a table is narrowed to. */
export interface Narrowing {
  readonly query?: object | undefined;
  readonly q?: string | undefined;
}

/** The entities that a table shows to somebody; null when nothing can match. `path` says where the query was sent. */
export async function planTable(
  setting: { readonly db: Db; readonly clock: Clock },
  actor: Actor,
  document: BlueprintDocument,
  { query, q, path = 'query' }: Narrowing & { readonly path?: string },
): Promise<SearchGroup | null> {
  const rules = query === undefined ? null : await resolveContexts(setting.db, actor, parseSearchRules(query, path));
  const [group] = planSearch(rules, [document], await searchSetting(setting, actor));
  if (group === undefined) return null;
  return q === undefined ? group : withWords(group, q);
}
