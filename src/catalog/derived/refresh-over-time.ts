import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { type RefreshParts, refreshSome } from './refresh-entities.ts';

/** So that a transaction stays well below 200 ms when every one of them changes. */
export const dueAtOnce = 100;

export interface Named {
  readonly orgId: string;
  readonly blueprint: string;
  readonly identifiers: readonly string[];
}

/**
 * Computes the entities anew whose aggregations become others at an instant that has come: one look at an index while
 * none has.
 */
export async function refreshDue(core: Core, parts: RefreshParts): Promise<void> {
  let looked = dueAtOnce;
  while (looked === dueAtOnce) {
    const found = await sql<Named>`
      select org_id as "orgId", blueprint, array_agg(identifier order by identifier) as identifiers
      from (select org_id, blueprint, identifier from entity
        where derived_change_at <= ${core.clock.now()} order by derived_change_at limit ${dueAtOnce}) as due
      group by org_id, blueprint order by org_id, blueprint`.execute(core.db);
    for (const due of found.rows) await refreshNamed(core, parts, due, 'if-changed');
    looked = found.rows.reduce((sum, { identifiers }) => sum + identifiers.length, 0);
  }
}

/** By the system, in one transaction. */
export async function refreshNamed(
  { runner }: Core,
  parts: RefreshParts,
  { orgId, blueprint, identifiers }: Named,
  calculations: 'if-changed' | 'always',
): Promise<void> {
  const caller = { actor: systemActor(orgId, 'catalog'), origin: 'SYSTEM', requestId: null } as const;
  await runner.execute(caller, refreshSome(parts), { blueprint, identifiers, calculations });
}
