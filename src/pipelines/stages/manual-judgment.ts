import type { Approval } from '#approvals/approval.ts';
import { hashContent } from '#approvals/approval-rules.ts';
import { approvalForSubject, votesOf } from '#approvals/approval-queries.ts';
import { cancelApproval } from '#approvals/cancel-approval.ts';
import { requestApproval } from '#approvals/request-approval.ts';
import { personById } from '#access/people-queries.ts';
import type { Db } from '#platform/db/handles.ts';
import { isJsonObject } from '#platform/json.ts';
import { permissionsOf } from '../access-queries.ts';
import { audienceOf } from '../access-rules.ts';
import type { StageRow } from '../execution.ts';
import type { NotificationConfig, StageConfig } from '../pipeline.ts';
import { asNumber } from './field-rules.ts';
import { checkJudges } from './judgment-rules.ts';
import { approversOf, escalationOf, labelOf, notificationsOf, quorumOf, reminderOf } from './judgment-terms.ts';
import type { BeginRequest, FieldProblem, StageKind, StageStep } from './stage-kind.ts';

/** Three days, unless the stage says otherwise. */
const defaultTimeoutMs = 259_200_000;
/** Waits for people to say whether to go on. */
export function manualJudgmentStage(db: Db): StageKind {
  return {
    type: 'manualJudgment',
    check: checkJudgment,
    begin: async (request) => askForJudgment(db, request),
    look: async ({ stage, config, execution }) => {
      const approval = await approvalForSubject(db, execution.org_id, { ...subjectOf(stage), attempt: stage.attempt });
      return approval === null || approval.state === 'open' ? null : judgedStep(db, approval, config);
    },
    withdraw: async (ctx, stage, reason) => void (await cancelApproval(ctx, { subject: subjectOf(stage), reason })),
  };
}

function subjectOf(stage: StageRow): { readonly kind: 'stage'; readonly id: string } {
  return { kind: 'stage', id: stage.id };
}

async function askForJudgment(db: Db, request: BeginRequest): Promise<StageStep> {
  const { config, stage, execution, now } = request;
  // Expressions may have become anything.
  const [wrong] = checkJudges(config, { expressions: false, timeoutMs: timeoutMsOf(config) });
  if (wrong !== undefined) return { step: 'failed', error: `${wrong.field}: ${wrong.message}` };
  const inputs = inputsOf(config);
  const instructions = typeof config['instructions'] === 'string' ? config['instructions'] : '';
  const requestedBy = execution.authentication;
  const approvers = approversOf(config);
  const { user } = requestedBy;
  const content = { instructions, inputs, parameters: execution.trigger.parameters, document: execution.document };
  const timeout = timeoutOf(config, now);
  const confirm = `Continue ${execution.name} after ${stage.name}?`;
  return {
    step: 'asking',
    context: { instructions, judgmentInputs: inputs, judgmentStatus: '', judgmentInput: null },
    ask: async (ctx) => {
      const approval = await requestApproval(ctx, {
        subject: { ...subjectOf(stage), attempt: stage.attempt },
        title: `${stage.name} · ${execution.name}`,
        summary: `Stage **${stage.name}** of pipeline **${execution.name}** in **${execution.application}** awaits manual judgment.`,
        facts: [
          { label: 'Application', value: execution.application },
          { label: 'Pipeline', value: `${execution.name} #${execution.number}` },
          { label: 'Stage', value: stage.name },
          { label: 'Started by', value: user },
          ...parameterFacts(execution.trigger.parameters),
        ],
        link: `/executions/${execution.id}?stage=${encodeURIComponent(stage.ref_id)}`,
        contentHash: hashContent(content),
        audience: audienceOf(await permissionsOf(ctx.db, execution.org_id, execution.application)),
        requestedBy: requestedBy.id,
        requestedByName: await nameOf(db, execution.org_id, requestedBy),
        approvers,
        quorum: quorumOf(config),
        allowSelfApproval: config['preventSelfApproval'] !== true,
        labels: {
          approve: labelOf(config['continueButtonLabel'], 'Approve'),
          reject: labelOf(config['stopButtonLabel'], 'Reject'),
        },
        inputs,
        instructions: instructions === '' ? null : instructions,
        confirm,
        timeout,
        remindEveryMs: reminderOf(config),
        escalation: escalationOf(config),
        notifications: notificationsOf(config),
      });
      return { for: 'approval', id: approval.id };
    },
  };
}

async function judgedStep(db: Db, approval: Approval, config: StageConfig): Promise<StageStep> {
  const { state, decision } = approval;
  if (state === 'expired') {
    const context = { timedOut: true };
    return config['markSuccessfulOnTimeout'] === true
      ? { step: 'ended', status: 'SUCCEEDED', context }
      : { step: 'failed', error: 'Nobody judged in time.', context };
  }
  if (decision === null || (state !== 'approved' && state !== 'rejected')) {
    return { step: 'failed', error: 'The judgment was taken back.', status: 'CANCELED' };
  }
  const person = await personById(db, approval.orgId, decision.by);
  const user = person?.email ?? decision.byName;
  const continues = state === 'approved';
  const votes = await votesOf(db, approval.orgId, approval.id);
  const context = {
    judgments: votes.map((vote) => ({
      user: vote.voterEmail ?? vote.voterName,
      name: vote.voterName,
      status: vote.verdict === 'approve' ? 'continue' : 'stop',
      input: vote.input,
      comment: vote.comment,
      time: vote.at.getTime(),
    })),
    judgmentStatus: continues ? 'continue' : 'stop',
    judgmentInput: decision.input,
    judgedByName: decision.byName,
    judgmentComment: decision.comment,
    judgedThrough: decision.through,
    lastModifiedBy: user,
  };
  const lastModified = { user, id: decision.by, allowedAccounts: [], lastModifiedTime: Date.parse(decision.at) };
  if (!continues) return { step: 'failed', error: `${decision.byName} stopped the pipeline.`, context, lastModified };
  return { step: 'ended', status: 'SUCCEEDED', context, lastModified, outputs: { judgmentInput: decision.input } };
}

function checkJudgment(stage: StageConfig): readonly FieldProblem[] {
  const problems = [...checkJudges(stage, { expressions: true, timeoutMs: timeoutMsOf(stage) })];
  const inputs = stage['judgmentInputs'] ?? [];
  if (
    !Array.isArray(inputs) ||
    !inputs.every((each) => isJsonObject(each) && typeof each['value'] === 'string' && each['value'] !== '')
  ) {
    problems.push({ field: 'judgmentInputs', message: 'judgmentInputs lists objects with a value.' });
  }
  for (const field of ['selectedStageRoles', 'requiredJudgmentRoles']) {
    const roles = stage[field] ?? [];
    if (!Array.isArray(roles) || !roles.every((role) => typeof role === 'string')) {
      problems.push({ field, message: `${field} lists roles or teams.` });
    }
  }
  return [...problems, ...checkNotifications(stage)];
}

function checkNotifications(stage: StageConfig): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (stage['sendNotifications'] === false) return problems;
  const notifications = stage['notifications'] ?? [];
  for (const [at, each] of (Array.isArray(notifications) ? (notifications as NotificationConfig[]) : []).entries()) {
    if (!isJsonObject(each) || typeof each.address !== 'string' || each.address.trim() === '') {
      problems.push({ field: `notifications[${at}].address`, message: 'Name the channel or address to notify.' });
    }
    if (Array.isArray(each.when) && each.when.length === 0) {
      problems.push({ field: `notifications[${at}].when`, message: 'Choose when to notify.' });
    }
  }
  return problems;
}

function inputsOf(config: StageConfig): readonly { readonly value: string }[] {
  const given = Array.isArray(config['judgmentInputs']) ? (config['judgmentInputs'] as unknown[]) : [];
  const values = given.flatMap((each) => (isJsonObject(each) ? [String(each['value'])] : []));
  return [...new Set(values)].slice(0, 100).map((value) => ({ value }));
}

/** Null for a stage that says it waits for ever. */
function timeoutMsOf(config: StageConfig): number | null {
  const given = config['stageTimeoutMs'];
  return given === null ? null : (asNumber(given) ?? defaultTimeoutMs);
}

/** The stage's own options rule what the end of the time means. */
function timeoutOf(config: StageConfig, now: Date): { readonly at: string; readonly outcome: 'expire' } | null {
  const milliseconds = timeoutMsOf(config);
  return milliseconds === null ? null : { at: new Date(now.getTime() + milliseconds).toISOString(), outcome: 'expire' };
}

const factsShown = 8;
const longestFact = 200;

function parameterFacts(parameters: Readonly<Record<string, unknown>>): { label: string; value: string }[] {
  return Object.entries(parameters)
    .filter(([, value]) => value !== '')
    .slice(0, factsShown)
    .map(([label, value]) => ({
      label,
      value: (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, longestFact).toWellFormed(),
    }));
}

async function nameOf(
  db: Db,
  orgId: string,
  { kind, id, user }: { readonly kind: string; readonly id: string; readonly user: string },
): Promise<string> {
  const person = kind === 'user' ? await personById(db, orgId, id) : null;
  return person === null ? user : `${person.first_name} ${person.last_name}`.trim();
}
