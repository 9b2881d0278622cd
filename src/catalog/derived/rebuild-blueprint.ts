import { sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { refreshEntities, type RefreshParts } from './refresh-entities.ts';

export interface RebuildInput {
  readonly blueprint: string;
  /** Identifier after which to go on; null at the beginning. */
  readonly after: string | null;
  /** Entities to look at. */
  readonly limit: number;
}

export interface RebuildStep {
  readonly looked: number;
  readonly changed: number;
  /** Where to go on; null at the end. */
  readonly next: string | null;
}

/** Computes a stretch of a blueprint's entities anew, calculations and all. */
export function rebuildBlueprint(parts: RefreshParts): Command<RebuildInput, RebuildStep> {
  return maybeSilent(async function rebuildBlueprintCommand(ctx: WriteContext, input: RebuildInput) {
    const { orgId } = ctx.actor;
    const blueprint = (await parts.blueprints.hold(ctx.db, orgId, [input.blueprint])).get(input.blueprint);
    if (blueprint === undefined) return { looked: 0, changed: 0, next: null };
    const page = await sql<{ identifier: string }>`
      select e.identifier from entity e
      where e.org_id = ${orgId} and e.blueprint = ${input.blueprint}
        ${input.after === null ? sql`` : sql`and e.identifier > ${input.after}`}
      order by e.identifier limit ${input.limit}`.execute(ctx.db);
    const identifiers = page.rows.map((row) => row.identifier);
    const of = { blueprint, identifiers, calculations: 'always' } as const;
    const changed = identifiers.length === 0 ? 0 : await refreshEntities(ctx, parts, of, 1);
    const isLast = identifiers.length < input.limit;
    return { looked: identifiers.length, changed, next: isLast ? null : (identifiers.at(-1) ?? null) };
  });
}
