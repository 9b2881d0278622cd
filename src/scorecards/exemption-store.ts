import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Exemption } from './exemption.ts';
import { exemptionColumns } from './exemption-queries.ts';

/** False when one about the same is pending. */
export async function insertExemption(ctx: WriteContext, exemption: Exemption): Promise<boolean> {
  const { id, blueprint, entity, scorecard, rule, status, until, reason } = exemption;
  const inserted = await sql`
    insert into rule_exemption (org_id, id, blueprint, entity, scorecard, rule, status, until, reason, requested_at,
                                requested_by, requested_by_name)
    values (${ctx.actor.orgId}, ${id}, ${blueprint}, ${entity}, ${scorecard}, ${rule}, ${status}, ${until}, ${reason},
            ${ctx.now}, ${exemption.requestedBy}, ${exemption.requestedByName})
    on conflict do nothing returning id`.execute(ctx.db);
  if (inserted.rows.length === 0) return false;
  emitExemption(ctx, 'requested', null, exemption);
  return true;
}

export async function findExemption(ctx: WriteContext, id: string): Promise<Exemption | null> {
  const found = await sql<Exemption>`
    select ${exemptionColumns} from rule_exemption x where x.org_id = ${ctx.actor.orgId} and x.id = ${id}`.execute(
    ctx.db,
  );
  return found.rows[0] ?? null;
}

/** Its blueprint is locked before, where its change may change scores. */
export async function lockExemption(ctx: WriteContext, id: string): Promise<Exemption | null> {
  const found = await sql<Exemption>`
    select ${exemptionColumns} from rule_exemption x where x.org_id = ${ctx.actor.orgId} and x.id = ${id}
    for update`.execute(ctx.db);
  return found.rows[0] ?? null;
}

export type ExemptionVerb = 'approved' | 'rejected' | 'expired' | 'revoked';

const ends = { approved: 'ACTIVE', rejected: 'REJECTED', expired: 'EXPIRED', revoked: 'REVOKED' } as const;

export async function storeExemption(
  ctx: WriteContext,
  before: Exemption,
  verb: ExemptionVerb,
  decidedByName: string | null,
): Promise<Exemption> {
  const after = { ...before, status: ends[verb], decidedAt: ctx.now, decidedByName };
  await sql`
    update rule_exemption set status = ${after.status}, decided_at = ${ctx.now}, decided_by_name = ${decidedByName}
    where org_id = ${ctx.actor.orgId} and id = ${before.id}`.execute(ctx.db);
  emitExemption(ctx, verb, before, after);
  return after;
}

export async function removeExemptionsOf(ctx: WriteContext, blueprint: string): Promise<readonly Exemption[]> {
  const gone = await sql<Exemption>`
    delete from rule_exemption x where x.org_id = ${ctx.actor.orgId} and x.blueprint = ${blueprint}
    returning ${exemptionColumns}`.execute(ctx.db);
  await sql`
    delete from exemption_policy where org_id = ${ctx.actor.orgId} and blueprint = ${blueprint}`.execute(ctx.db);
  return gone.rows;
}

function emitExemption(
  ctx: WriteContext,
  verb: ExemptionVerb | 'requested',
  before: Exemption | null,
  after: Exemption,
): void {
  const { id, blueprint, entity, scorecard } = after;
  ctx.emit({
    kind: `exemption.${verb}`,
    resource: 'exemption',
    action: before === null ? 'CREATE' : 'UPDATE',
    subject: `exemption:${id}`,
    context: { exemption: id, blueprint, entity, scorecard },
    before: before === null ? null : { ...before },
    after: { ...after },
  });
}
