import { sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { advanceMigration, insertMigration } from '../migration-store.ts';
import { refreshEntities, type RefreshParts } from './refresh-entities.ts';

export interface RebuildInput {
  readonly blueprint: string;
  /** Identifier after which to go on; null at the beginning. */
  readonly after: string | null;
  /** Entities to look at. */
  readonly limit: number;
  /** Where progress is told; null while there is not enough to do for that. */
  readonly migration: string | null;
}

export interface RebuildStep {
  readonly looked: number;
  /** Where to go on; null at the end. */
  readonly next: string | null;
  readonly isCancelled: boolean;
}

/** Records a rebuild that takes more than one step; answers its id. */
export const startRebuild: Command<
  { readonly blueprint: string; readonly after: string; readonly done: number },
  string
> = async function startRebuildCommand(ctx, { blueprint, after, done }) {
  const about = { successCount: done, reason: 'The blueprint changed: what is computed of its entities is renewed.' };
  return insertMigration(ctx, { kind: 'rebuild', blueprint, after }, about);
};

/** Computes a stretch of a blueprint's entities anew, calculations and all. */
export function rebuildBlueprint(parts: RefreshParts): Command<RebuildInput, RebuildStep> {
  return maybeSilent(async function rebuildBlueprintCommand(ctx: WriteContext, input: RebuildInput) {
    const { orgId } = ctx.actor;
    const blueprint = (await parts.blueprints.hold(ctx.db, orgId, [input.blueprint])).get(input.blueprint);
    if (blueprint === undefined) return { looked: 0, next: null, isCancelled: false };
    const page = await sql<{ identifier: string }>`
      select e.identifier from entity e
      where e.org_id = ${orgId} and e.blueprint = ${input.blueprint}
        ${input.after === null ? sql`` : sql`and e.identifier > ${input.after}`}
      order by e.identifier limit ${input.limit}`.execute(ctx.db);
    const identifiers = page.rows.map((row) => row.identifier);
    const of = { blueprint, identifiers, calculations: 'always' } as const;
    if (identifiers.length > 0) await refreshEntities(ctx, parts, of, 1);
    const next = identifiers.length < input.limit ? null : (identifiers.at(-1) ?? null);
    const work = { kind: 'rebuild', blueprint: input.blueprint, after: next } as const;
    const step = { done: identifiers.length, work };
    const isWanted = input.migration === null || (await advanceMigration(ctx, input.migration, step));
    return { looked: identifiers.length, next, isCancelled: !isWanted };
  });
}
