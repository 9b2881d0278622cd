import { sql } from 'kysely';
import { authorize, may } from '#access/permissions.ts';
import type { Approval, Approvers, SubjectKind } from '#approvals/approval.ts';
import { nameOf } from '#approvals/approval-events.ts';
import { cancelApproval } from '#approvals/cancel-approval.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import { refreshRevision } from '#catalog/refresh-revision.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { Chore } from '#platform/module.ts';
import { missingPermission, notFound, problem } from '#platform/problem.ts';
import type { Exemption } from './exemption.ts';
import {
  findExemption,
  lockExemption,
  removeExemptionsOf,
  storeExemption,
  type ExemptionVerb,
} from './exemption-store.ts';
import { getScorecard } from './scorecard-queries.ts';

/** How an exemption hears what was decided about it: in the transaction that decided. */
export function exemptionSubject(blueprints: Blueprints): SubjectKind {
  return {
    kind: 'exemption',
    lock: async (ctx, subject) => void (await lockWithBlueprint(ctx, blueprints, subject.id)),
    closed: carryOutDecision,
  };
}

/** The blueprint first: it stands for what entities are scored by. */
async function lockWithBlueprint(ctx: WriteContext, blueprints: Blueprints, id: string): Promise<Exemption | null> {
  const seen = await findExemption(ctx, id);
  if (seen === null) return null;
  await blueprints.lock(ctx.db, ctx.actor.orgId, seen.blueprint);
  return lockExemption(ctx, id);
}

const verbs: Readonly<Partial<Record<Approval['state'], ExemptionVerb>>> = {
  approved: 'approved',
  rejected: 'rejected',
  expired: 'expired',
};

async function carryOutDecision(ctx: WriteContext, { subject, state, decision }: Approval): Promise<void> {
  const exemption = await lockExemption(ctx, subject.id);
  const verb = verbs[state];
  if (exemption?.status !== 'PENDING' || verb === undefined) return;
  await storeExemption(ctx, exemption, verb, decision?.byName ?? null);
  if (verb === 'approved') await refreshRevision(ctx, exemption.blueprint);
}

/** Takes an exemption back, asked for or approved: by who asked, and by who may change scorecards. */
export function revokeExemption(blueprints: Blueprints): Command<{ readonly id: string }, Exemption> {
  return async function revokeExemptionCommand(ctx, { id }) {
    authorize(ctx.actor, 'exemption.request');
    const exemption = await lockWithBlueprint(ctx, blueprints, id);
    if (exemption === null) throw notFound('exemption', id);
    const { blueprint, status } = exemption;
    if (exemption.requestedBy !== ctx.actor.id && !may(ctx.actor, 'scorecard.write', { blueprint })) {
      throw missingPermission('revoke an exemption that somebody else asked for');
    }
    if (status !== 'PENDING' && status !== 'ACTIVE') {
      throw problem('conflict', 'exemption_over', `This exemption is over: ${status.toLowerCase()}.`, { status });
    }
    const reason = `${nameOf(ctx.actor)} took the request back.`;
    if (status === 'PENDING') await cancelApproval(ctx, { subject: { kind: 'exemption', id }, reason });
    const after = await storeExemption(ctx, exemption, 'revoked', nameOf(ctx.actor));
    if (status === 'ACTIVE') await refreshRevision(ctx, blueprint);
    return after;
  };
}

/** One whose time is over. */
export function expireExemption(blueprints: Blueprints): Command<{ readonly id: string }, void> {
  return maybeSilent(async function expireExemptionCommand(ctx: WriteContext, input: { readonly id: string }) {
    const exemption = await lockWithBlueprint(ctx, blueprints, input.id);
    if (exemption?.status !== 'ACTIVE' || exemption.until > ctx.now) return;
    await storeExemption(ctx, exemption, 'expired', exemption.decidedByName);
    await refreshRevision(ctx, exemption.blueprint);
  });
}

const lookEverySeconds = 30;
const mostAtOnce = 500;

export function exemptionsChore({ db, runner, clock, log }: Core, blueprints: Blueprints): Chore {
  const command = expireExemption(blueprints);
  return {
    name: 'exemptions-over',
    everySeconds: lookEverySeconds,
    async run() {
      const due = await sql<{ orgId: string; id: string }>`
        select org_id as "orgId", id from rule_exemption where status = 'ACTIVE' and until <= ${clock.now()}
        order by until limit ${mostAtOnce}`.execute(db);
      for (const { orgId, id } of due.rows) {
        const caller = { actor: systemActor(orgId, 'scorecards'), origin: 'SYSTEM', requestId: null } as const;
        await runner
          .execute(caller, command, { id })
          .catch((error: unknown) => log.error({ event: 'exemption-not-ended', exemption: id, err: error }));
      }
    },
  };
}

/** With their blueprint, whose row is locked. */
export async function deleteExemptionsOf(ctx: WriteContext, blueprint: string): Promise<void> {
  const reason = `The blueprint "${blueprint}" was deleted.`;
  for (const { id, status } of await removeExemptionsOf(ctx, blueprint)) {
    if (status === 'PENDING') await cancelApproval(ctx, { subject: { kind: 'exemption', id }, reason });
  }
}

/** Who decides about exemptions of a scorecard from now on. */
export async function saveExemptionPolicy(
  ctx: WriteContext,
  input: { readonly blueprint: string; readonly scorecard: string; readonly approvers: Approvers },
): Promise<Approvers> {
  const { blueprint, scorecard, approvers } = input;
  authorize(ctx.actor, 'scorecard.write', { blueprint });
  await getScorecard(ctx.db, ctx.actor.orgId, blueprint, scorecard);
  if (approvers.users.length + approvers.roles.length + approvers.teams.length === 0) {
    throw problem('invalid', 'invalid_request', 'Name somebody who decides.', { field: 'approvers' });
  }
  await sql`
    insert into exemption_policy (org_id, blueprint, scorecard, approvers, updated_at, updated_by)
    values (${ctx.actor.orgId}, ${blueprint}, ${scorecard}, ${JSON.stringify(approvers)}::jsonb, ${ctx.now},
            ${ctx.actor.id})
    on conflict (org_id, blueprint, scorecard) do update set approvers = excluded.approvers,
      updated_at = excluded.updated_at, updated_by = excluded.updated_by`.execute(ctx.db);
  ctx.emit({
    kind: 'exemption-policy.saved',
    resource: 'scorecard',
    action: 'UPDATE',
    subject: `exemption-policy:${blueprint}/${scorecard}`,
    context: { blueprint, scorecard },
    before: null,
    after: { approvers },
  });
  return approvers;
}
