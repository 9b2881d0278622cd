import type { Static } from 'typebox';
import type { ApprovalFact, ApprovalNotification, ApprovalTerms, Approvers } from '#approvals/approval.ts';
import { hashContent } from '#approvals/approval-rules.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { NewRunApproval } from '#runs/create-run.ts';
import type { ActionDocument } from './action.ts';
import type { approvalNotification, requiredApproval } from './contract.ts';

type RequiredApproval = Exclude<Static<typeof requiredApproval>, boolean>;

export interface ApprovalQuestion {
  readonly action: ActionDocument;
  readonly actor: Actor;
  readonly at: Date;
  readonly approvers: Approvers;
  /** The entity's title or identifier; null for actions without one. */
  readonly entity: string | null;
  /** The entity's identifier. */
  readonly target?: string | null;
  /** Inputs as people may see them. */
  readonly inputs: JsonObject;
  /** The evaluated invocation as people may see it. */
  readonly payload: JsonObject;
}

const msPerMinute = 60_000;
const longestValue = 500;

/** What is asked before a run of the action begins; null when nothing is. */
export function buildApprovalRequest(question: ApprovalQuestion): NewRunApproval | null {
  const { action, actor, entity, approvers, payload } = question;
  const required = requirement(action.requiredApproval);
  if (required === null) return null;
  const title = action.title ?? action.identifier;
  return {
    title: entity === null ? title : `${title}: ${entity}`,
    summary: action.description ?? '',
    facts: factsOf(question),
    contentHash: hashContent({ action: action.identifier, entity, inputs: question.inputs, payload }),
    requestedByName: nameOf(actor),
    approvers,
    quorum: quorumOf(required),
    allowSelfApproval: required.allowSelfApproval ?? false,
    ...timersOf(required, question.at),
    notifications: notificationsOf(question),
  };
}

/** `true` means any approver; an object says how many. */
function requirement(required: unknown): RequiredApproval | null {
  if (required === true) return { type: 'ANY' };
  // Actions saved by earlier versions may hold more than today's routes accept.
  return isJsonObject(required)
    ? ({ ...required, type: required['type'] === 'ALL' ? 'ALL' : 'ANY' } as RequiredApproval)
    : null;
}

function quorumOf({ type, count }: RequiredApproval): ApprovalTerms['quorum'] {
  if (type === 'ALL') return 'all';
  return count === undefined ? 'any' : { count };
}

const outcomes = { APPROVE: 'approve', DECLINE: 'reject', EXPIRE: 'expire' } as const;

function timersOf(
  { timeoutMinutes, onTimeout = 'EXPIRE', remindEveryMinutes, escalateAfterMinutes, escalateTo }: RequiredApproval,
  now: Date,
): Pick<ApprovalTerms, 'timeout' | 'remindEveryMs' | 'escalation'> {
  return {
    timeout:
      timeoutMinutes === undefined
        ? null
        : {
            at: new Date(now.getTime() + timeoutMinutes * msPerMinute).toISOString(),
            outcome: outcomes[onTimeout],
          },
    remindEveryMs: remindEveryMinutes === undefined ? null : remindEveryMinutes * msPerMinute,
    escalation:
      escalateAfterMinutes === undefined || escalateTo === undefined
        ? null
        : {
            afterMs: escalateAfterMinutes * msPerMinute,
            approvers: { users: [], roles: [], teams: [], ...escalateTo },
          },
  };
}

/** E-mail to those who may decide, unless the action names another way. */
function notificationsOf(question: ApprovalQuestion): readonly ApprovalNotification[] {
  const { approvalNotification: given = { type: 'email' } } = question.action;
  const notification = given as Static<typeof approvalNotification>;
  if (notification.type === 'slack') return [{ via: 'slack', channel: notification.channel }];
  if (notification.type === 'email') return [{ via: 'approvers' }];
  const { url, format = 'json' } = notification;
  const about = format === 'json' ? { about: runAsked(question) } : {};
  return [{ via: 'webhook', url, format, when: ['awaiting'], ...about }];
}

/** For programs: what the facts tell people. */
function runAsked({ action, target, inputs }: ApprovalQuestion): Record<string, unknown> {
  return {
    action: { identifier: action.identifier, title: action.title ?? action.identifier },
    blueprint: action.trigger.blueprintIdentifier ?? null,
    entity: target ?? null,
    properties: inputs,
  };
}

function factsOf({ action, actor, entity, inputs, payload }: ApprovalQuestion): readonly ApprovalFact[] {
  const titles = action.trigger.userInputs.properties;
  return [
    { label: 'Requested by', value: nameOf(actor) },
    ...(entity === null ? [] : [{ label: action.trigger.blueprintIdentifier ?? 'Entity', value: entity }]),
    { label: 'Calls', value: destinationOf(payload) },
    ...Object.entries(inputs).map(([key, value]) => {
      const { title } = titles[key] ?? {};
      return { label: typeof title === 'string' ? title : key, value: shown(value) };
    }),
  ];
}

/** Where the run will go, in a few words. */
function destinationOf(payload: JsonObject): string {
  const text = (key: string): string => (typeof payload[key] === 'string' ? payload[key] : '');
  switch (payload['type']) {
    case 'WEBHOOK':
      return `${text('method') || 'POST'} ${text('url')}`;
    case 'GITHUB':
      return `GitHub ${text('org')}/${text('repo')} ${text('workflow')}`;
    case 'GITLAB':
      return `GitLab ${text('project')}`;
    case 'AZURE_DEVOPS':
      return `Azure DevOps ${text('org')} ${text('webhook')}`;
    case 'UPSERT_ENTITY':
      return `UPSERT_ENTITY ${text('blueprintIdentifier')}`;
    case 'INTEGRATION_ACTION':
      return `INTEGRATION_ACTION ${text('installationId')}`;
    default:
      return String(payload['type']);
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

function nameOf(actor: Actor): string {
  if (actor.kind !== 'user') return actor.name;
  return `${actor.firstName} ${actor.lastName}`.trim() || actor.email;
}
