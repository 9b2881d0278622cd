import type { BackendState } from './backend.ts';

/** A run as stored, and the two shapes it has on the wire. */
export interface RunRow {
  readonly org_id: string;
  readonly id: string;
  readonly action: string;
  readonly action_snapshot: ActionSnapshot;
  readonly blueprint: string | null;
  readonly entity: string | null;
  readonly status: RunStatus;
  readonly status_label: string | null;
  readonly link: string | readonly string[] | null;
  readonly summary: string | null;
  readonly message: Readonly<Record<string, unknown>> | null;
  readonly external_run_id: string | null;
  readonly source: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly raw_properties: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>> | null;
  readonly response: unknown;
  readonly dispatch_state: DispatchState;
  readonly dispatch_started_at: Date | null;
  readonly backend: BackendState;
  readonly version: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly ended_at: Date | null;
  readonly impersonated_by: string | null;
  /** Whom an offered run is for; null when any agent may fetch it. */
  readonly installation_id: string | null;
  /** An offered run is offered again after this. */
  readonly claimed_until: Date | null;
  /** When the run is ended because its time is over. */
  readonly deadline: Date | null;
  /** What somebody, or the timeout, answered to the approval it waited for. */
  readonly approval: RunApproval | null;
}

export interface RunApproval {
  readonly state: 'APPROVE' | 'DECLINE';
  /** Null when nobody decided in time. */
  readonly userId: string | null;
  readonly description: string;
}

/** What a run remembers of its action, so that later edits do not change its past. */
export interface ActionSnapshot {
  readonly identifier: string;
  readonly legacyIdentifier: string;
  readonly title: string | null;
  readonly icon: string | null;
  /** 1 or 2. */
  readonly shape: number;
  readonly backendType: string;
  readonly synchronized: boolean;
  readonly allowAnyoneToViewRuns: boolean;
  /** After so many minutes a run ends by itself; absent or null means never. */
  readonly timeLimitMinutes?: number | null;
  /** As the action says it; absent in runs of earlier versions. */
  readonly requiredApproval?: unknown;
}

export type RunStatus = 'IN_PROGRESS' | 'SUCCESS' | 'FAILURE' | 'WAITING_FOR_APPROVAL' | 'DECLINED';
export type EndStatus = 'SUCCESS' | 'FAILURE';

/**
 * The call to the backend. `calling` is written before the network is used: whoever finds it later knows that
 * the outcome of that call is not known. `offered`: an agent is to fetch it.
 */
export type DispatchState = 'waiting' | 'calling' | 'called' | 'unknown' | 'failed' | 'offered';

/** A run with the titles of the things around it, as far as they still exist. */
export interface RunView extends RunRow {
  readonly blueprint_title: string | null;
  readonly blueprint_icon: string | null;
  readonly blueprint_exists: boolean;
  readonly entity_title: string | null;
  readonly entity_icon: string | null;
  readonly entity_exists: boolean;
  readonly action_exists: boolean;
}

/** Port's current shape. */
export function toWireRun(run: RunView): Record<string, unknown> {
  return {
    id: run.id,
    status: run.status,
    statusLabel: run.status_label,
    blueprint: reference(run.blueprint, run.blueprint_title, run.blueprint_icon, run.blueprint_exists),
    entity: reference(run.entity, run.entity_title, run.entity_icon, run.entity_exists),
    action: {
      identifier: run.action,
      title: run.action_snapshot.title,
      icon: run.action_snapshot.icon,
      deleted: !run.action_exists,
    },
    properties: run.properties,
    rawProperties: run.raw_properties,
    endedAt: run.ended_at,
    source: run.source,
    requiredApproval: run.action_snapshot.requiredApproval ?? false,
    approval: run.approval,
    link: run.link,
    summary: run.summary,
    message: run.message,
    externalRunId: run.external_run_id,
    payload: run.payload,
    response: run.response ?? null,
    dispatchState: run.dispatch_state,
    pendingExecution: run.dispatch_state === 'offered',
    ...(run.claimed_until === null ? {} : { claimedUntil: run.claimed_until }),
    ...(run.installation_id === null ? {} : { installationId: run.installation_id }),
    ...(run.deadline === null ? {} : { deadline: run.deadline }),
    createdBy: run.created_by,
    updatedBy: run.updated_by,
    createdAt: run.created_at,
    updatedAt: run.updated_at,
    impersonatedBy: run.impersonated_by,
  };
}

/** The older shape, which the routes answer while no version is asked for. */
export function toLegacyWireRun(run: RunView): Record<string, unknown> {
  return {
    id: run.id,
    status: run.status,
    ...(run.status_label === null ? {} : { statusLabel: run.status_label }),
    blueprint:
      run.blueprint === null ? null : { identifier: run.blueprint, title: run.blueprint_title ?? run.blueprint },
    ...(run.entity === null ? {} : { entity: { identifier: run.entity, title: run.entity_title ?? run.entity } }),
    action: run.action_snapshot.legacyIdentifier,
    endedAt: run.ended_at,
    source: run.source,
    relatedEntityExists: run.entity_exists,
    relatedBlueprintExists: run.blueprint_exists,
    properties: run.properties,
    ...(run.link === null ? {} : { link: run.link }),
    ...(run.summary === null ? {} : { summary: run.summary }),
    ...(run.message === null ? {} : { message: run.message }),
    createdAt: run.created_at,
    updatedAt: run.updated_at,
    createdBy: run.created_by,
    updatedBy: run.updated_by,
  };
}

/** The older shape unless version 2 is asked for, as Port's routes do. */
export function inVersion(run: RunView, version: string | undefined): Record<string, unknown> {
  return version === 'v2' ? toWireRun(run) : toLegacyWireRun(run);
}

function reference(
  identifier: string | null,
  title: string | null,
  icon: string | null,
  exists: boolean,
): Record<string, unknown> | null {
  return identifier === null ? null : { identifier, title: title ?? identifier, icon, deleted: !exists };
}
