import { hashContent } from '#approvals/approval-rules.ts';
import { cancelApproval } from '#approvals/cancel-approval.ts';
import { requestApproval } from '#approvals/request-approval.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { permissionsOf } from '../access-queries.ts';
import { audienceOf } from '../access-rules.ts';
import { approversOf, escalationOf, labelOf, notificationsOf, quorumOf, reminderOf } from '../stages/judgment-terms.ts';
import { timeoutMs } from './config-rules.ts';
import {
  approvedEnvironments,
  openState,
  type Passage,
  pendingStates,
  storeApproved,
  storeState,
} from './constraint-store.ts';
import {
  type ConfigRow,
  type ConstraintConfig,
  type ConstraintRow,
  type EnvironmentConfig,
  environmentsBefore,
  environmentsInOrder,
  hasPassedConstraint,
  judgementOf,
  type VersionRow,
} from './delivery-config.ts';
import { findVersion } from './version-store.ts';

/**
 * Lets versions go as far as their constraints allow, asking people where one says so. Doing it again does nothing
 * anew. The config is locked.
 */
export async function evaluateVersions(
  ctx: WriteContext,
  config: ConfigRow,
  versions: readonly VersionRow[],
): Promise<void> {
  const environments = environmentsInOrder(config.document);
  for (const version of versions) {
    const approved = new Set(await approvedEnvironments(ctx, version));
    for (const environment of environments) {
      if (approved.has(environment.name)) continue;
      if (!environmentsBefore(environment).every((name) => approved.has(name))) continue;
      const passage = { config, environment: environment.name, version };
      if (!(await mayEnter(ctx, passage, environment))) continue;
      await enterEnvironment(ctx, passage);
      approved.add(environment.name);
    }
  }
}

async function mayEnter(ctx: WriteContext, passage: Passage, environment: EnvironmentConfig): Promise<boolean> {
  const judgement = judgementOf(environment);
  if (judgement === null) return true;
  const state = await openState(ctx, passage);
  if (state.status === 'PENDING') await askForJudgement(ctx, passage, { environment, judgement, state });
  return hasPassedConstraint(state.status);
}

interface Judgement {
  readonly environment: EnvironmentConfig;
  readonly judgement: ConstraintConfig;
  readonly state: ConstraintRow;
}

async function askForJudgement(
  ctx: WriteContext,
  { config, version }: Passage,
  { environment, judgement, state }: Judgement,
): Promise<void> {
  const artifact = version.reference;
  const instructions = typeof judgement['instructions'] === 'string' ? judgement['instructions'] : '';
  const milliseconds = timeoutMs(judgement);
  await requestApproval(ctx, {
    subject: { kind: 'constraint', id: state.id, attempt: state.attempt },
    title: `${artifact} ${version.version} · ${environment.name}`,
    summary: `Version **${version.version}** of **${artifact}** awaits manual judgement before it enters **${environment.name}** of **${config.application}**.`,
    facts: [
      { label: 'Application', value: config.application },
      { label: 'Environment', value: environment.name },
      { label: 'Artifact', value: artifact },
      { label: 'Version', value: version.version },
      ...Object.entries(version.details)
        .slice(0, detailsShown)
        .map(([label, value]) => ({ label, value })),
      { label: 'Reported by', value: version.reported_by_name },
    ],
    link: `/applications/${encodeURIComponent(config.application)}`,
    contentHash: hashContent({
      environment: environment.name,
      judgement,
      notifications: environment.notifications,
      artifact,
      version: version.version,
    }),
    audience: audienceOf(await permissionsOf(ctx.db, config.org_id, config.application)),
    requestedBy: version.reported_by,
    requestedByName: version.reported_by_name,
    approvers: approversOf(judgement),
    quorum: quorumOf(judgement),
    allowSelfApproval: judgement['preventSelfApproval'] !== true,
    labels: {
      approve: labelOf(judgement['approveButtonLabel'], 'Approve'),
      reject: labelOf(judgement['rejectButtonLabel'], 'Reject'),
    },
    instructions: instructions === '' ? null : instructions,
    confirm: `Let ${artifact} ${version.version} into ${environment.name}?`,
    timeout:
      milliseconds === null
        ? null
        : { at: new Date(ctx.now.getTime() + milliseconds).toISOString(), outcome: 'expire' },
    remindEveryMs: reminderOf({ notifications: environment.notifications }),
    escalation: escalationOf(judgement),
    notifications: notificationsOf({ notifications: environment.notifications }),
  });
}

const detailsShown = 5;

/** From now on the version may be there; older ones that still wait for it have been overtaken. */
async function enterEnvironment(ctx: WriteContext, passage: Passage): Promise<void> {
  const { config, environment, version } = passage;
  await storeApproved(ctx, passage);
  const waiting = (await pendingStates(ctx, config)).filter(
    (state) => state.environment === environment && state.reference === version.reference,
  );
  for (const state of waiting) {
    const older = await findVersion(ctx, state);
    if (older === null || older.position >= version.position) continue;
    const reason = `Version ${version.version} entered ${environment} meanwhile.`;
    await cancelApproval(ctx, { subject: { kind: 'constraint', id: state.id }, reason });
    await storeState(ctx, config, state, { status: 'FAIL', judgedBy: null, judgedAt: ctx.now, comment: reason });
  }
}
