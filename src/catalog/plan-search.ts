import { type RawBuilder, sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import { bindRules, type BoundNode } from './rules/bind-rules.ts';
import { compileRules } from './rules/compile-rules.ts';
import type { RuleNode } from './rules/rule.ts';
import { loadVisibility, type Visibility } from './visibility-queries.ts';

/** Blueprints for which a query asks the same of their rows. */
export interface SearchGroup {
  readonly orgId: string;
  readonly blueprints: readonly string[];
  /** On a row `e`; all that it takes to be found: organisation, blueprint, rules, and that the caller may see it. */
  readonly condition: RawBuilder<boolean>;
}

export interface SearchSetting {
  readonly orgId: string;
  readonly now: Date;
  readonly visibility: Visibility;
}

/** What it takes to search on behalf of somebody. */
export async function searchSetting(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  actor: Actor,
): Promise<SearchSetting> {
  return { orgId: actor.orgId, now: clock.now(), visibility: await loadVisibility(db, actor) };
}

/** Leaves out blueprints that lack what the query asks for, or that the caller may not read: none of them matches. */
export function planSearch(
  query: RuleNode | null,
  blueprints: readonly BlueprintDocument[],
  { orgId, now, visibility }: SearchSetting,
): readonly SearchGroup[] {
  const groups = new Map<string, { readonly bound: BoundNode; readonly blueprints: string[] }>();
  for (const blueprint of blueprints) {
    const bound = query === null ? 'always' : bindRules(query, blueprint, 'search');
    if (bound === 'never' || visibility.hidden.has(blueprint.identifier)) continue;
    const key = JSON.stringify(bound);
    const group = groups.get(key) ?? { bound, blueprints: [] };
    group.blueprints.push(blueprint.identifier);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ bound, blueprints: names }) => ({
    orgId,
    blueprints: names,
    condition: sql`e.org_id = ${orgId} and ${ofBlueprints(names)} and ${visibility.entities}
      and ${compileRules(bound, { dialect: 'search', orgId, now })}`,
  }));
}

function ofBlueprints(names: readonly string[]): RawBuilder<boolean> {
  return names.length === 1 ? sql`e.blueprint = ${names[0]}` : sql`e.blueprint = any(${[...names]}::text[])`;
}

/** What all groups together find. */
export function anySearch(groups: readonly SearchGroup[]): RawBuilder<boolean> {
  if (groups.length === 0) return sql`false`;
  return sql`(${sql.join(
    groups.map(({ condition }) => sql`(${condition})`),
    sql` or `,
  )})`;
}
