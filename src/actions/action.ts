import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { ActionSnapshot } from '#runs/run.ts';

export type Operation = 'CREATE' | 'DAY-2' | 'DELETE';

export interface UserInputs {
  readonly properties: Readonly<Record<string, UserInput>>;
  /** Keys, or an object whose `jqQuery` computes them in the form. */
  readonly required?: readonly string[] | Readonly<Record<string, unknown>> | undefined;
  readonly order?: readonly string[] | undefined;
  readonly steps?: readonly JsonObject[] | undefined;
  readonly titles?: Readonly<Record<string, JsonObject>> | undefined;
}

export interface UserInput {
  readonly type?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly [key: string]: unknown;
}

export interface InvocationMethod {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** An action as stored: always version 2, whichever route saved it. */
export interface ActionDocument {
  readonly identifier: string;
  readonly title?: string;
  readonly icon?: string;
  readonly description?: string;
  readonly trigger: {
    readonly type: 'self-service';
    readonly operation: Operation;
    readonly blueprintIdentifier?: string;
    readonly userInputs: UserInputs;
    readonly condition?: Readonly<Record<string, unknown>>;
    readonly [key: string]: unknown;
  };
  readonly invocationMethod: InvocationMethod;
  readonly requiredApproval?: unknown;
  readonly approvalNotification?: unknown;
  readonly publish?: boolean;
  readonly allowAnyoneToViewRuns?: boolean;
  /** After so many minutes a run ends by itself; without it never. */
  readonly timeLimitMinutes?: number;
}

export interface ActionRow {
  readonly org_id: string;
  readonly identifier: string;
  readonly id: string;
  readonly blueprint: string | null;
  readonly legacy_identifier: string;
  readonly shape: number;
  readonly document: ActionDocument;
  readonly version: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly updated_by: string;
}

function stamps(row: ActionRow): Record<string, unknown> {
  return {
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

/** Port's current shape. */
export function toWireAction(row: ActionRow): Record<string, unknown> {
  return { id: row.id, ...row.document, publish: row.document.publish ?? true, ...stamps(row) };
}

/** The older shape, per blueprint. */
export function toLegacyWireAction(row: ActionRow): Record<string, unknown> {
  const { trigger, title, icon, description, invocationMethod, requiredApproval, approvalNotification } = row.document;
  const { timeLimitMinutes } = row.document;
  return {
    id: row.id,
    identifier: row.legacy_identifier,
    ...(title === undefined ? {} : { title }),
    ...(icon === undefined ? {} : { icon }),
    userInputs: trigger.userInputs,
    invocationMethod,
    trigger: trigger.operation,
    ...(description === undefined ? {} : { description }),
    ...(requiredApproval === undefined ? {} : { requiredApproval }),
    ...(approvalNotification === undefined ? {} : { approvalNotification }),
    ...(timeLimitMinutes === undefined ? {} : { timeLimitMinutes }),
    blueprint: row.blueprint,
    ...stamps(row),
  };
}

export function actionSnapshot(row: ActionRow): ActionSnapshot {
  const { invocationMethod, title, icon, allowAnyoneToViewRuns } = row.document;
  return {
    identifier: row.identifier,
    legacyIdentifier: row.legacy_identifier,
    title: title ?? null,
    icon: icon ?? null,
    shape: row.shape,
    backendType: backendType(invocationMethod.type),
    synchronized: invocationMethod['synchronized'] === true,
    allowAnyoneToViewRuns: allowAnyoneToViewRuns ?? true,
    requiredApproval: quorumOnWire(row.document.requiredApproval),
    timeLimitMinutes: row.document.timeLimitMinutes ?? null,
  };
}

/** Port's word for how many have to approve: `true` means any of them. */
function quorumOnWire(required: unknown): unknown {
  if (required === true) return { type: 'ANY' };
  return isJsonObject(required) ? { type: required['type'] } : false;
}

/** The two generations spell one backend differently. */
export function backendType(type: string): string {
  return type === 'AZURE-DEVOPS' ? 'AZURE_DEVOPS' : type;
}
