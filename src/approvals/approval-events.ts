import type { Actor } from '#platform/commands/actor.ts';
import type { NewEvent } from '#platform/events/event.ts';
import type { Approval, Vote } from './approval.ts';

export type ApprovalEvent =
  | 'requested'
  | 'voted'
  | 'decided'
  | 'reminded'
  | 'escalated'
  | 'delegated'
  | 'cancelled'
  | 'voided';

export interface ToldOfApproval {
  readonly before: Approval | null;
  readonly after: Approval;
  /** What else readers and the audit log are told, e.g. the vote. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** `decided` is told of every end by a vote or a timer: approved, rejected, expired. */
export function approvalEvent(verb: ApprovalEvent, { before, after, more = {} }: ToldOfApproval): NewEvent {
  return {
    kind: `approval.${verb}`,
    resource: 'approval',
    action: before === null ? 'CREATE' : 'UPDATE',
    subject: `approval:${after.id}`,
    context: {
      approval: after.id,
      subjectKind: after.subject.kind,
      subjectId: after.subject.id,
      ...(after.subject.kind === 'run' ? { run: after.subject.id } : {}),
    },
    before: before === null ? null : approvalDocument(before),
    after: { ...approvalDocument(after), ...more },
  };
}

/** An approval in the event log. Where notifications go stays out of it: addresses may be secret. */
export function approvalDocument(approval: Approval): Record<string, unknown> {
  const { terms } = approval;
  return {
    id: approval.id,
    subject: approval.subject,
    title: approval.title,
    summary: approval.summary,
    facts: approval.facts,
    link: approval.link,
    contentHash: approval.contentHash,
    requestedBy: approval.requestedBy,
    requestedByName: approval.requestedByName,
    requestedAt: approval.requestedAt,
    approvers: terms.approvers,
    quorum: terms.quorum,
    allowSelfApproval: terms.allowSelfApproval,
    labels: terms.labels,
    inputs: terms.inputs,
    timeout: terms.timeout,
    escalation: terms.escalation,
    state: approval.state,
    decision: approval.decision,
    remindersSent: approval.remindersSent,
    escalatedAt: approval.escalatedAt,
    version: approval.version,
  };
}

/** A vote in the event log. */
export function voteDocument(vote: Vote): Record<string, unknown> {
  return { ...vote };
}

export function nameOf(actor: Actor): string {
  if (actor.kind !== 'user') return actor.name;
  const name = `${actor.firstName} ${actor.lastName}`.trim();
  return name === '' ? actor.email : name;
}
