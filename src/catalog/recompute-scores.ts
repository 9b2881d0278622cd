import { sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual, type JsonObject } from '#platform/json.ts';
import type { ScoreSource } from './apply-changes.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { entityEvent } from './entity-events.ts';
import { entityColumns, type EntityRow } from './entity-queries.ts';

export interface RecomputeScoresInput {
  readonly blueprint: string;
  /** Identifier after which to go on; null at the beginning. */
  readonly after: string | null;
  /** Rows to look at. */
  readonly limit: number;
  /** These alone; null for all. */
  readonly only?: readonly string[] | null;
}

/**
 * Scores a stretch of a blueprint's entities anew and announces those whose scores changed; answers where to go on,
 * or null at the end. Neither version nor dates of an entity change: nobody wrote it.
 *
 * The blueprint is held as a writer of entities holds it, so its scorecards stay as they are meanwhile. Entities that
 * are being written are waited for, and scored as they are then.
 */
export function recomputeScores(parts: {
  readonly blueprints: Blueprints;
  readonly scores: ScoreSource;
}): Command<RecomputeScoresInput, string | null> {
  return maybeSilent(async function recomputeScoresCommand(ctx: WriteContext, input: RecomputeScoresInput) {
    const { orgId } = ctx.actor;
    const held = (await parts.blueprints.hold(ctx.db, orgId, [input.blueprint])).get(input.blueprint);
    if (held === undefined) return null;
    const page = await sql<{ identifier: string }>`
      select e.identifier from entity e
      where e.org_id = ${orgId} and e.blueprint = ${input.blueprint}
        ${input.after === null ? sql`` : sql`and e.identifier > ${input.after}`}
        ${input.only == null ? sql`` : sql`and e.identifier = any(${input.only as string[]}::text[])`}
      order by e.identifier limit ${input.limit}`.execute(ctx.db);
    const identifiers = page.rows.map((row) => row.identifier);
    const scoring = await parts.scores(ctx.db, orgId, held.document);
    const [scores, changeAt] = [scoring?.scores ?? sql`null::jsonb`, scoring?.changeAt ?? sql`null::timestamptz`];
    const found = await sql<Rescored>`
      select ${entityColumns}, ${scores} as scored, ${changeAt} as "changeAt" from entity e
      where e.org_id = ${orgId} and e.blueprint = ${input.blueprint} and e.identifier = any(${identifiers}::text[])
        and (e.scorecards is distinct from ${scores} or e.scores_change_at is distinct from ${changeAt})
      order by e.identifier for no key update of e`.execute(ctx.db);
    await storeScores(ctx, input.blueprint, found.rows);
    for (const { scored, changeAt: _, ...before } of found.rows) {
      if (jsonEqual(before.scorecards, scored)) continue;
      ctx.emit(entityEvent(held.document, { before, after: { ...before, scorecards: scored } }, null));
    }
    return identifiers.length < input.limit ? null : (identifiers.at(-1) ?? null);
  });
}

type Rescored = EntityRow & {
  readonly scored: JsonObject | null;
  /** When that changes by itself. */
  readonly changeAt: Date | null;
};

async function storeScores(ctx: WriteContext, blueprint: string, rows: readonly Rescored[]): Promise<void> {
  if (rows.length === 0) return;
  const scores = rows.map(({ identifier, scored, changeAt }) => ({ identifier, scored, change_at: changeAt }));
  await sql`
    update entity e set scorecards = s.scored, scores_change_at = s.change_at
    from jsonb_to_recordset(${JSON.stringify(scores)}::jsonb)
      as s(identifier text, scored jsonb, change_at timestamptz)
    where e.org_id = ${ctx.actor.orgId} and e.blueprint = ${blueprint} and e.identifier = s.identifier`.execute(ctx.db);
}
