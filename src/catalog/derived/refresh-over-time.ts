import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { entityColumns, type EntityRow } from '../entity-queries.ts';
import { asksForTime, calculationsOf } from './compile-plan.ts';
import { type RefreshParts, refreshSome } from './refresh-entities.ts';

/** So that a transaction stays well below 200 ms when every one of them changes. */
const dueAtOnce = 100;
const readAtOnce = 500;

interface Due {
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
    const found = await sql<Due>`
      select org_id as "orgId", blueprint, array_agg(identifier order by identifier) as identifiers
      from (select org_id, blueprint, identifier from entity
        where derived_change_at <= ${core.clock.now()} order by derived_change_at limit ${dueAtOnce}) as due
      group by org_id, blueprint order by org_id, blueprint`.execute(core.db);
    for (const due of found.rows) await refresh(core, parts, due, 'if-changed');
    looked = found.rows.reduce((sum, { identifiers }) => sum + identifiers.length, 0);
  }
}

/**
 * Nobody can say when the answer of an expression that asks for the time changes, so all entities of its blueprint are
 * asked, page by page. That is reading: no row is locked, and only those with another answer are written.
 */
export async function sweepCalculations(core: Core, parts: RefreshParts): Promise<void> {
  const found = await sql<{ orgId: string; blueprint: string }>`
    select org_id as "orgId", identifier as blueprint from blueprint
    where (document::jsonb -> 'calculationProperties')::text ~ '\\mnow\\M'
    order by org_id, identifier`.execute(core.db);
  for (const { orgId, blueprint } of found.rows) await sweepBlueprint(core, parts, orgId, blueprint);
}

async function sweepBlueprint(core: Core, parts: RefreshParts, orgId: string, blueprint: string): Promise<void> {
  const { documents } = await parts.derivation.graphs.load(core.db, orgId);
  const document = documents.get(blueprint);
  if (document === undefined || !calculationsOf(document).some(({ program }) => asksForTime(program))) return;
  let after = '';
  let rows: readonly EntityRow[];
  do {
    const page = await sql<EntityRow>`
      select ${entityColumns} from entity e
      where e.org_id = ${orgId} and e.blueprint = ${blueprint} and e.identifier > ${after}
      order by e.identifier limit ${readAtOnce}`.execute(core.db);
    rows = page.rows;
    const outdated = await parts.derivation.findOutdated(document, rows, core.clock.now());
    for (let at = 0; at < outdated.length; at += dueAtOnce) {
      const identifiers = outdated.slice(at, at + dueAtOnce);
      await refresh(core, parts, { orgId, blueprint, identifiers }, 'always');
    }
    after = rows.at(-1)?.identifier ?? '';
  } while (rows.length === readAtOnce);
}

async function refresh(
  { runner }: Core,
  parts: RefreshParts,
  { orgId, blueprint, identifiers }: Due,
  calculations: 'if-changed' | 'always',
): Promise<void> {
  const caller = { actor: systemActor(orgId, 'catalog'), origin: 'SYSTEM', requestId: null } as const;
  await runner.execute(caller, refreshSome(parts), { blueprint, identifiers, calculations });
}
