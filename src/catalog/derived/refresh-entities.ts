import { type RawBuilder, sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual } from '#platform/json.ts';
import type { EntityParts } from '../apply-changes.ts';
import type { Blueprint } from '../blueprint-queries.ts';
import { entityEvent } from '../entity-events.ts';
import type { EntityRow } from '../entity-queries.ts';
import { lockEntities, type ScoredRow, scoreEntities } from '../entity-store.ts';

export type RefreshParts = Pick<EntityParts, 'blueprints' | 'scores' | 'derivation'>;

/**
 * Computes what follows of stored entities anew, scores included, and announces those for which it differs. Neither
 * version nor dates of an entity change: nobody wrote it.
 */
export async function refreshEntities(
  ctx: WriteContext,
  parts: RefreshParts,
  of: {
    readonly blueprint: Blueprint;
    readonly identifiers: readonly string[];
    readonly calculations: 'if-changed' | 'always';
    /** Because their time has come: an instant that has no reason any more is taken away. */
    readonly isDue?: boolean;
  },
  depth: number,
): Promise<number> {
  const { document } = of.blueprint;
  const before = await lockEntities(ctx, document.identifier, of.identifiers, 'change');
  const { rows: derived, changeAt } = await parts.derivation.deriveAgain(ctx, document, before, of.calculations);
  const score = await parts.scores(ctx.db, ctx.actor.orgId, document);
  const after = await scoreEntities(ctx.db, derived, score);
  const changes = after.flatMap((row, index) => {
    const old = before[index];
    return old === undefined || isSame(old, row) ? [] : [{ before: old, after: row }];
  });
  await storeDerived(
    ctx,
    document.identifier,
    changes.map((change) => change.after),
  );
  const mayHaveInstants = Object.keys(document.aggregationProperties).length > 0;
  if (mayHaveInstants || of.isDue === true || of.calculations === 'always') await storeInstants(ctx, of, changeAt);
  for (const change of changes) {
    const event = entityEvent(document, change, null);
    ctx.emit({ ...event, context: { ...event.context, derivedDepth: depth } });
  }
  return changes.length;
}

/** Also of those that stay as they are; only rows for which the instant is another are written. */
async function storeInstants(
  ctx: WriteContext,
  { blueprint, identifiers }: { readonly blueprint: Blueprint; readonly identifiers: readonly string[] },
  changeAt: ReadonlyMap<string, Date>,
): Promise<void> {
  const instants = identifiers.map((identifier) => ({ identifier, at: changeAt.get(identifier) ?? null }));
  await sql`
    update entity e set derived_change_at = i.at
    from jsonb_to_recordset(${JSON.stringify(instants)}::jsonb) as i(identifier text, at timestamptz)
    where e.org_id = ${ctx.actor.orgId} and e.blueprint = ${blueprint.document.identifier}
      and e.identifier = i.identifier and e.derived_change_at is distinct from i.at`.execute(ctx.db);
}

function isSame(before: EntityRow, after: EntityRow): boolean {
  return (
    jsonEqual(before.properties, after.properties) &&
    jsonEqual(before.team, after.team) &&
    jsonEqual(before.scorecards, after.scorecards)
  );
}

async function storeDerived(ctx: WriteContext, blueprint: string, rows: readonly ScoredRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(({ identifier, team, properties, scorecards, scoresChangeAt }) => ({
    identifier,
    team,
    properties,
    scorecards,
    change_at: scoresChangeAt,
  }));
  await sql`
    update entity e set properties = d.properties, team = d.team, scorecards = d.scorecards,
      scores_change_at = d.change_at
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb)
      as d(identifier text, team text[], properties jsonb, scorecards jsonb, change_at timestamptz)
    where e.org_id = ${ctx.actor.orgId} and e.blueprint = ${blueprint} and e.identifier = d.identifier`.execute(ctx.db);
}

export interface RefreshSomeInput {
  readonly blueprint: string;
  readonly identifiers: readonly string[];
  readonly calculations: 'if-changed' | 'always';
}

/** Computes named entities anew: those whose time has come. Whatever is gone meanwhile is passed over. */
export function refreshSome(parts: RefreshParts): Command<RefreshSomeInput, number> {
  return maybeSilent(async function refreshSomeCommand(ctx: WriteContext, input: RefreshSomeInput) {
    const { identifiers, calculations } = input;
    const blueprint = (await parts.blueprints.hold(ctx.db, ctx.actor.orgId, [input.blueprint])).get(input.blueprint);
    if (blueprint === undefined) return 0;
    return refreshEntities(ctx, parts, { blueprint, identifiers, calculations, isDue: true }, 1);
  });
}

/** Takes marked entities of one blueprint and computes them anew; answers how many were taken. */
export function refreshStale(parts: RefreshParts): Command<{ readonly limit: number }, number> {
  return maybeSilent(async function refreshStaleCommand(ctx: WriteContext, { limit }: { readonly limit: number }) {
    const taken = await takeStale(ctx, limit);
    const [first] = taken;
    if (first === undefined) return 0;
    const held = await parts.blueprints.hold(ctx.db, ctx.actor.orgId, [first.blueprint]);
    const blueprint = held.get(first.blueprint);
    if (blueprint === undefined) return taken.length;
    const depth = Math.max(...taken.map((mark) => mark.depth)) + 1;
    const identifiers = taken.map((mark) => mark.identifier);
    await refreshEntities(ctx, parts, { blueprint, identifiers, calculations: 'if-changed' }, depth);
    return taken.length;
  });
}

interface Taken {
  readonly blueprint: string;
  readonly identifier: string;
  readonly depth: number;
}

/** The blueprint that has waited longest; what another process is at is passed over. */
async function takeStale(ctx: WriteContext, limit: number): Promise<readonly Taken[]> {
  const { orgId } = ctx.actor;
  const stale = (rest: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    select blueprint, identifier from stale_entity
    where org_id = ${orgId} ${rest}`;
  const taken = await sql<Taken>`
    with oldest as materialized (${stale(sql`order by marked_at limit 1 for update skip locked`)}),
    picked as materialized (${stale(sql`and blueprint = (select blueprint from oldest)
      order by identifier limit ${limit} for update skip locked`)})
    delete from stale_entity s using picked
    where s.org_id = ${orgId} and s.blueprint = picked.blueprint and s.identifier = picked.identifier
    returning s.blueprint, s.identifier, s.depth`.execute(ctx.db);
  return taken.rows;
}
