import { type RawBuilder, sql } from 'kysely';
import type { BlueprintDocument } from './blueprint-document.ts';
import { bindRules, type BoundNode } from './rules/bind-rules.ts';
import { compileRules } from './rules/compile-rules.ts';
import type { RuleNode } from './rules/rule.ts';

/** Blueprints for which a query asks the same of their rows. */
export interface SearchGroup {
  readonly blueprints: readonly string[];
  /** On a row `e`; says of which blueprints it may be. */
  readonly condition: RawBuilder<boolean>;
}

/** Leaves out blueprints that lack what the query asks for: none of their entities can match. */
export function planSearch(
  query: RuleNode | null,
  blueprints: readonly BlueprintDocument[],
  { orgId, now }: { readonly orgId: string; readonly now: Date },
): readonly SearchGroup[] {
  const groups = new Map<string, { readonly bound: BoundNode; readonly blueprints: string[] }>();
  for (const blueprint of blueprints) {
    const bound = query === null ? 'always' : bindRules(query, blueprint, 'search');
    if (bound === 'never') continue;
    const key = JSON.stringify(bound);
    const group = groups.get(key) ?? { bound, blueprints: [] };
    group.blueprints.push(blueprint.identifier);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ bound, blueprints: names }) => ({
    blueprints: names,
    condition: sql`${ofBlueprints(names)} and ${compileRules(bound, { dialect: 'search', orgId, now })}`,
  }));
}

function ofBlueprints(names: readonly string[]): RawBuilder<boolean> {
  return names.length === 1 ? sql`e.blueprint = ${names[0]}` : sql`e.blueprint = any(${[...names]}::text[])`;
}
