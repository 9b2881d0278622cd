import { type RawBuilder, sql } from 'kysely';
import type { Approvers } from '#approvals/approval.ts';
import { visibleEntities } from '#catalog/visibility-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import { type Exemption, usualApprovers } from './exemption.ts';

export const exemptionColumns: RawBuilder<Exemption> = sql`
  x.id, x.blueprint, x.entity, x.scorecard, x.rule, x.status, x.until, x.reason, x.requested_at as "requestedAt",
  x.requested_by as "requestedBy", x.requested_by_name as "requestedByName", x.decided_at as "decidedAt",
  x.decided_by_name as "decidedByName"`;

/** For scoring. */
export async function activeExemptions(db: Db | Tx, orgId: string, blueprint: string): Promise<readonly Exemption[]> {
  const found = await sql<Exemption>`
    select ${exemptionColumns} from rule_exemption x
    where x.org_id = ${orgId} and x.blueprint = ${blueprint} and x.status = 'ACTIVE' order by x.id`.execute(db);
  return found.rows;
}

export interface ExemptionFilter {
  readonly blueprint?: string | undefined;
  readonly entity?: string | undefined;
  readonly scorecard?: string | undefined;
  readonly status?: string | undefined;
}

const mostListed = 500;

/** Newest first, of entities the caller may see. */
export async function listExemptions(db: Db, actor: Actor, filter: ExemptionFilter): Promise<readonly Exemption[]> {
  const rules = (['blueprint', 'entity', 'scorecard', 'status'] as const).flatMap((key) =>
    filter[key] === undefined ? [] : [sql`${sql.ref(`x.${key}`)} = ${filter[key]}`],
  );
  const found = await sql<Exemption>`
    select ${exemptionColumns} from rule_exemption x
    where ${sql.join([sql`x.org_id = ${actor.orgId}`, await ofVisible(db, actor), ...rules], sql` and `)}
    order by x.requested_at desc, x.id desc limit ${mostListed}`.execute(db);
  return found.rows;
}

export async function getExemption(db: Db, actor: Actor, id: string): Promise<Exemption> {
  const found = await sql<Exemption>`
    select ${exemptionColumns} from rule_exemption x
    where x.org_id = ${actor.orgId} and x.id = ${id} and ${await ofVisible(db, actor)}`.execute(db);
  const exemption = found.rows[0];
  if (exemption === undefined) throw notFound('exemption', id);
  return exemption;
}

async function ofVisible(db: Db, actor: Actor): Promise<RawBuilder<unknown>> {
  return sql`exists (select from entity e where e.org_id = x.org_id and e.blueprint = x.blueprint
    and e.identifier = x.entity and ${await visibleEntities(db, actor)})`;
}

export async function exemptionApprovers(
  db: Db | Tx,
  orgId: string,
  blueprint: string,
  scorecard: string,
): Promise<Approvers> {
  const found = await sql<{ approvers: Approvers }>`
    select approvers from exemption_policy where org_id = ${orgId} and blueprint = ${blueprint}
      and scorecard = ${scorecard}`.execute(db);
  return found.rows[0]?.approvers ?? usualApprovers;
}
