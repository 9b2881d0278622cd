import { type RawBuilder, sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { BlueprintDocument } from '../blueprint-document.ts';
import { planTable } from '../plan-table.ts';
import type { BulkScope } from './bulk-change-rules.ts';

/** The entities `e` that a scope means for somebody, as a condition. What they may not see is not in it. */
export async function planScope(
  setting: { readonly db: Db; readonly clock: Clock },
  actor: Actor,
  document: BlueprintDocument,
  scope: BulkScope,
): Promise<RawBuilder<boolean>> {
  const narrowing = 'query' in scope || 'q' in scope ? { query: scope.query, q: scope.q, path: 'scope.query' } : {};
  const group = await planTable(setting, actor, document, narrowing);
  if (group === null) return sql`false`;
  if ('identifiers' in scope) {
    return sql`${group.condition} and e.identifier = any(${[...new Set(scope.identifiers)]}::text[])`;
  }
  if ('failuresOf' in scope) {
    return sql`${group.condition} and e.identifier in (
      select f.identifier from bulk_failure f where f.org_id = ${actor.orgId} and f.bulk_change = ${scope.failuresOf})`;
  }
  const { except = [] } = scope;
  return except.length === 0
    ? group.condition
    : sql`${group.condition} and e.identifier <> all(${[...except]}::text[])`;
}

export interface ScopeState {
  readonly count: number;
  /** Another one as soon as another entity belongs to it or one of them was written. */
  readonly state: string;
}

export async function readScopeState(db: Db, condition: RawBuilder<boolean>): Promise<ScopeState> {
  const found = await stateStatement(condition).execute(db);
  const { count = 0, mark = '0' } = found.rows[0] ?? {};
  return { count, state: `${count}:${mark}` };
}

export function stateStatement(
  condition: RawBuilder<boolean>,
): RawBuilder<{ readonly count: number; readonly mark: string }> {
  return sql`
    select count(*) as count,
      coalesce(bit_xor(hashtextextended(e.identifier || ' ' || e.version, 0)), 0)::text as mark
    from entity e where ${condition}`;
}

/** The next identifiers in their order. */
export async function readIdentifiers(
  db: Db,
  condition: RawBuilder<boolean>,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<readonly string[]> {
  const found = await identifiersStatement(condition, { after, limit }).execute(db);
  return found.rows.map((row) => row.identifier);
}

export function identifiersStatement(
  condition: RawBuilder<boolean>,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): RawBuilder<{ readonly identifier: string }> {
  return sql`
    select e.identifier from entity e
    where ${condition} ${after === null ? sql`` : sql`and e.identifier > ${after}`}
    order by e.identifier limit ${limit}`;
}
