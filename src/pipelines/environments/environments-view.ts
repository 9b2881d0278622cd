import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { openApprovalIds } from '#approvals/approval-queries.ts';
import { latestVersions, type ShownVersions } from './config-queries.ts';
import {
  type ConfigRow,
  type ConstraintRow,
  type EnvironmentConfig,
  environmentsBefore,
  environmentsInOrder,
  judgementOf,
  toGateState,
  type VersionRow,
} from './delivery-config.ts';

const versionsShown = 20;

/** Where each version stands in one environment. */
type Standing = 'current' | 'previous' | 'approved' | 'pending' | 'rejected' | 'waiting';

/** What is where, for our own pages: environments in order, with the latest versions of each artifact. */
export async function describeEnvironments(
  db: Db,
  actor: Actor,
  config: ConfigRow,
): Promise<readonly Record<string, unknown>[]> {
  const known = await latestVersions(db, config, versionsShown);
  const pending = known.states.filter(({ status }) => status === 'PENDING').map(({ id }) => id);
  const approvals = await openApprovalIds(db, actor.orgId, 'constraint', pending);
  return environmentsInOrder(config.document).map((environment) => ({
    name: environment.name,
    dependsOn: environmentsBefore(environment),
    judged: judgementOf(environment) !== null,
    timeout: judgementOf(environment)?.['timeout'] ?? null,
    artifacts: config.document.artifacts.map((artifact) => ({
      name: artifact.name,
      type: artifact.type,
      reference: artifact.reference,
      versions: versionsIn(known, environment, artifact.reference, approvals),
    })),
  }));
}

function versionsIn(
  { versions, states, approved }: ShownVersions,
  environment: EnvironmentConfig,
  reference: string,
  approvals: ReadonlyMap<string, string>,
): readonly Record<string, unknown>[] {
  const at = new Map(
    approved
      .filter((each) => each.environment === environment.name && each.reference === reference)
      .map((each) => [each.version, each.approved_at]),
  );
  const current = versions.find((each) => each.reference === reference && at.has(each.version));
  return versions
    .filter((each) => each.reference === reference)
    .map((version) => {
      const state = states.find(
        (each) =>
          each.environment === environment.name && each.reference === reference && each.version === version.version,
      );
      const approvedAt = at.get(version.version) ?? null;
      return {
        version: version.version,
        details: version.details,
        reportedAt: version.reported_at,
        reportedBy: version.reported_by_name,
        status: standingOf({ version, current, approvedAt, state }),
        approvedAt,
        constraint: state === undefined ? null : toWireState(state, approvals),
      };
    });
}

function standingOf(known: {
  readonly version: VersionRow;
  readonly current: VersionRow | undefined;
  readonly approvedAt: Date | null;
  readonly state: ConstraintRow | undefined;
}): Standing {
  const { version, current, approvedAt, state } = known;
  if (approvedAt !== null) return version === current ? 'current' : 'previous';
  if (state === undefined) return 'waiting';
  if (state.status === 'PENDING') return 'pending';
  return state.status === 'FAIL' || state.status === 'OVERRIDE_FAIL' ? 'rejected' : 'approved';
}

function toWireState(state: ConstraintRow, approvals: ReadonlyMap<string, string>): Record<string, unknown> {
  return {
    id: state.id,
    status: state.status,
    attempt: state.attempt,
    createdAt: state.created_at,
    judgedBy: state.judged_by,
    judgedAt: state.judged_at,
    comment: state.comment,
    approval: approvals.get(state.id) ?? null,
  };
}

const gateStatuses: Readonly<Record<Standing, string>> = {
  current: 'CURRENT',
  previous: 'PREVIOUS',
  approved: 'APPROVED',
  pending: 'PENDING',
  rejected: 'VETOED',
  waiting: 'PENDING',
};

/** What Spinnaker's clients read of an application: its environments with versions by where they stand. */
export async function describeManaged(db: Db, config: ConfigRow): Promise<Record<string, unknown>> {
  const known = await latestVersions(db, config, versionsShown);
  const { document } = config;
  return {
    applicationPaused: false,
    hasManagedResources: true,
    currentEnvironmentConstraints: known.states.map((state) => toGateState(config, state)),
    environments: environmentsInOrder(document).map((environment) => ({
      name: environment.name,
      resources: [],
      artifacts: document.artifacts.map(({ name, type, reference }) => ({
        name,
        type,
        reference,
        versions: byStatus(versionsIn(known, environment, reference, new Map())),
      })),
    })),
    artifacts: document.artifacts.map(({ name, type, reference }) => ({
      name,
      type,
      reference,
      versions: known.versions
        .filter((each) => each.reference === reference)
        .map((each) => ({ version: each.version, createdAt: each.reported_at, metadata: each.details })),
    })),
  };
}

function byStatus(versions: readonly Record<string, unknown>[]): Record<string, unknown> {
  const named = (standing: Standing): unknown[] =>
    versions.filter(({ status }) => status === standing).map(({ version }) => version);
  return {
    current: named('current')[0] ?? null,
    pending: [...named('pending'), ...named('waiting')],
    approved: named('approved'),
    previous: named('previous'),
    vetoed: named('rejected'),
    deploying: null,
  };
}

/** The status of each version in each environment, as one list. */
export async function describeArtifacts(db: Db, config: ConfigRow): Promise<readonly Record<string, unknown>[]> {
  const known = await latestVersions(db, config, versionsShown);
  const { document } = config;
  return document.artifacts.map(({ name, type, reference }) => ({
    name,
    type,
    reference,
    environments: environmentsInOrder(document).map((environment) => ({
      name: environment.name,
      versions: versionsIn(known, environment, reference, new Map()).map(({ version, status }) => ({
        version,
        status: gateStatuses[status as Standing],
      })),
    })),
  }));
}
