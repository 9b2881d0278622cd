import { authorize } from '#access/permissions.ts';
import { nameOf } from '#approvals/approval-events.ts';
import { hashContent } from '#approvals/approval-rules.ts';
import { requestApproval } from '#approvals/request-approval.ts';
import type { Approval } from '#approvals/approval.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import { readEntity } from '#catalog/read-entity.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import { plainText } from '#platform/plain-text.ts';
import { notFound, problem } from '#platform/problem.ts';
import type { Exemption } from './exemption.ts';
import { exemptionApprovers } from './exemption-queries.ts';
import { insertExemption } from './exemption-store.ts';
import type { ScorecardDocument, ScorecardRule } from './scorecard.ts';
import { getScorecard } from './scorecard-queries.ts';

export interface ExemptionRequest {
  readonly blueprint: string;
  readonly entity: string;
  readonly scorecard: string;
  readonly rule: string;
  /** An instant, as people and clients write it. */
  readonly until: string;
  readonly reason: string;
}

const longestMs = 2 * 366 * 86_400_000;

/** Asks that a rule does not count for an entity until a date. Who decides is asked by the scorecard's policy. */
export function requestExemption(
  blueprints: Blueprints,
): Command<ExemptionRequest, { readonly exemption: Exemption; readonly approval: Approval }> {
  return async function requestExemptionCommand(ctx: WriteContext, input: ExemptionRequest) {
    authorize(ctx.actor, 'exemption.request');
    const { blueprint, entity, scorecard } = input;
    const found = await readEntity({ db: ctx.db, blueprints }, ctx.actor, blueprint, entity);
    if (found === null) throw notFound('entity', entity, { blueprint });
    const { document } = await getScorecard(ctx.db, ctx.actor.orgId, blueprint, scorecard);
    const rule = document.rules.find(({ identifier }) => identifier === input.rule);
    if (rule === undefined) throw invalid('rule', `Scorecard "${scorecard}" has no rule "${input.rule}".`);
    const exemption = newExemption(ctx, input);
    if (!(await insertExemption(ctx, exemption))) {
      throw problem('conflict', 'exemption_pending', `An exemption from "${rule.title}" is asked for already.`, {
        entity,
        scorecard,
        rule: input.rule,
      });
    }
    const title = typeof found['title'] === 'string' && found['title'] !== '' ? found['title'] : entity;
    return { exemption, approval: await askApprovers(ctx, exemption, { title, document, rule }) };
  };
}

function newExemption(ctx: WriteContext, input: ExemptionRequest): Exemption {
  const until = new Date(input.until);
  if (Number.isNaN(until.getTime())) throw invalid('until', 'until is a date like 2030-01-31T00:00:00Z.');
  if (until <= ctx.now) throw invalid('until', 'until is in the future.');
  if (until.getTime() - ctx.now.getTime() > longestMs) throw invalid('until', 'An exemption ends within two years.');
  const reason = plainText(input.reason).trim().toWellFormed();
  if (reason === '') throw invalid('reason', 'Say why the rule should not count.');
  const { blueprint, entity, scorecard, rule } = input;
  return {
    id: newId('exemption'),
    blueprint,
    entity,
    scorecard,
    rule,
    until,
    reason,
    status: 'PENDING',
    requestedAt: ctx.now,
    requestedBy: ctx.actor.id,
    requestedByName: nameOf(ctx.actor),
    decidedAt: null,
    decidedByName: null,
  };
}

async function askApprovers(
  ctx: WriteContext,
  exemption: Exemption,
  named: { readonly title: string; readonly document: ScorecardDocument; readonly rule: ScorecardRule },
): Promise<Approval> {
  const { blueprint, entity, scorecard, reason } = exemption;
  const until = exemption.until.toISOString();
  const { title, document, rule } = named;
  return requestApproval(ctx, {
    subject: { kind: 'exemption', id: exemption.id, attempt: 1 },
    title: `${title} · ${rule.title}`,
    summary: `Rule **${rule.title}** (${rule.level}) of **${document.title}** does not count for **${title}** until ${until.slice(0, 10)}.`,
    facts: [
      { label: 'Entity', value: title },
      { label: 'Scorecard', value: document.title },
      { label: 'Rule', value: rule.title },
      { label: 'Until', value: until.slice(0, 10) },
      { label: 'Requested by', value: exemption.requestedByName },
      { label: 'Reason', value: reason },
    ],
    link: `/catalog/${encodeURIComponent(blueprint)}/${encodeURIComponent(entity)}?tab=scorecards`,
    contentHash: hashContent({ blueprint, entity, scorecard, rule: exemption.rule, until }),
    requestedBy: exemption.requestedBy,
    requestedByName: exemption.requestedByName,
    approvers: await exemptionApprovers(ctx.db, ctx.actor.orgId, blueprint, scorecard),
    timeout: { at: until, outcome: 'expire' },
    notifications: [{ via: 'approvers' }],
  });
}

function invalid(field: string, message: string): Error {
  return problem('invalid', 'invalid_exemption', message, { field });
}
