import type { NotificationConfig } from '../pipeline.ts';

/** A delivery config as it is written down: Spinnaker's document. Fields of other clients are kept as they are. */
export interface DeliveryConfigDocument {
  readonly application: string;
  readonly name: string;
  readonly artifacts: readonly ArtifactConfig[];
  readonly environments: readonly EnvironmentConfig[];
  readonly [key: string]: unknown;
}

export interface ArtifactConfig {
  readonly name: string;
  readonly type: string;
  /** What its versions are reported under; its name unless told. */
  readonly reference: string;
  readonly [key: string]: unknown;
}

export interface EnvironmentConfig {
  readonly name: string;
  readonly constraints: readonly ConstraintConfig[];
  readonly notifications: readonly NotificationConfig[];
  readonly [key: string]: unknown;
}

export interface ConstraintConfig {
  readonly type: string;
  readonly [key: string]: unknown;
}

export const manualJudgement = 'manual-judgement';
export const dependsOn = 'depends-on';

export interface ConfigRow {
  readonly org_id: string;
  readonly id: string;
  readonly application: string;
  readonly name: string;
  readonly document: DeliveryConfigDocument;
  readonly version: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly updated_by: string;
}

export interface VersionRow {
  readonly org_id: string;
  readonly config: string;
  readonly reference: string;
  readonly version: string;
  readonly position: number;
  readonly details: Readonly<Record<string, string>>;
  readonly reported_at: Date;
  readonly reported_by: string;
  readonly reported_by_name: string;
}

/** `OVERRIDE_` when a person said so; `NOT_EVALUATED` has no row. */
export type ConstraintStatus = 'PENDING' | 'PASS' | 'FAIL' | 'OVERRIDE_PASS' | 'OVERRIDE_FAIL';

export interface ConstraintRow {
  readonly org_id: string;
  readonly id: string;
  readonly config: string;
  readonly environment: string;
  readonly reference: string;
  readonly version: string;
  readonly type: string;
  readonly status: ConstraintStatus;
  /** Grows each time it is asked again. */
  readonly attempt: number;
  readonly created_at: Date;
  readonly judged_by: string | null;
  readonly judged_at: Date | null;
  readonly comment: string | null;
}

export interface EnvironmentVersionRow {
  readonly environment: string;
  readonly reference: string;
  readonly version: string;
  readonly approved_at: Date;
}

export function hasPassedConstraint(status: ConstraintStatus): boolean {
  return status === 'PASS' || status === 'OVERRIDE_PASS';
}

export function judgementOf(environment: EnvironmentConfig): ConstraintConfig | null {
  return environment.constraints.find(({ type }) => type === manualJudgement) ?? null;
}

/** Environments that a version has to be in before. */
export function environmentsBefore(environment: EnvironmentConfig): readonly string[] {
  return environment.constraints.flatMap((each) => (each.type === dependsOn ? [String(each['environment'])] : []));
}

/** Each after those it depends on, otherwise in the order of the document. */
export function environmentsInOrder(document: DeliveryConfigDocument): readonly EnvironmentConfig[] {
  const ordered = new Set<EnvironmentConfig>();
  const visit = (environment: EnvironmentConfig): void => {
    for (const name of environmentsBefore(environment)) {
      const before = document.environments.find((each) => each.name === name);
      if (before !== undefined && !ordered.has(before)) visit(before);
    }
    ordered.add(environment);
  };
  for (const environment of document.environments) visit(environment);
  return [...ordered];
}

export function toWireConfig(row: ConfigRow): Record<string, unknown> {
  return {
    name: row.name,
    application: row.application,
    document: row.document,
    version: row.version,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

/** The state of a constraint as Spinnaker's clients read it. */
export function toGateState(config: ConfigRow, state: ConstraintRow): Record<string, unknown> {
  return {
    uid: state.id,
    deliveryConfigName: config.name,
    environmentName: state.environment,
    artifactVersion: state.version,
    artifactReference: state.reference,
    type: state.type,
    status: state.status,
    createdAt: state.created_at,
    judgedBy: state.judged_by,
    judgedAt: state.judged_at,
    comment: state.comment,
    attributes: null,
  };
}
