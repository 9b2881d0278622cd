import { isJsonObject } from '#platform/json.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { asNumber } from '../stages/field-rules.ts';
import type { StageConfig } from '../pipeline.ts';
import type { FieldProblem } from '../stages/stage-kind.ts';

/** What whoever puts the stage into a pipeline has to say. */
export interface WebhookParameter {
  readonly name: string;
  readonly label?: string;
  readonly description?: string;
  readonly type?: string;
  readonly defaultValue?: unknown;
  readonly required?: boolean;
  readonly order?: number;
}

/** A type of stage that administrators made of a webhook: its call is theirs, pipelines only fill in parameters. */
export interface PreconfiguredWebhook {
  readonly label: string;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly parameters?: readonly WebhookParameter[];
  /** Roles or teams as which a pipeline has to act; all when empty. */
  readonly roles?: readonly string[];
  /** Fields of a webhook stage. */
  readonly [field: string]: unknown;
}

export interface PreconfiguredRow {
  readonly org_id: string;
  readonly type: string;
  readonly document: PreconfiguredWebhook;
  readonly version: number;
  readonly updated_at: Date;
  readonly updated_by: string;
}

/** Fields of the definition that are no fields of its call. */
const ownFields: ReadonlySet<string> = new Set(['label', 'description', 'enabled', 'parameters', 'roles']);
/** Fields of a stage that a definition leaves to pipelines. */
const stageFields: ReadonlySet<string> = new Set(['refId', 'requisiteStageRefIds', 'name', 'type', 'parameterValues']);

export function mayUse(actor: Actor, { roles = [] }: PreconfiguredWebhook): boolean {
  if (actor.kind !== 'user' || actor.roles.includes('Admin') || roles.length === 0) return true;
  return roles.some((role) => actor.roles.includes(role) || actor.teams.includes(role));
}

/** The webhook stage that a stage of this type is; what the definition says stands, whatever the stage says. */
export function asWebhookStage(stage: StageConfig, definition: PreconfiguredWebhook): StageConfig {
  const call = Object.entries(definition).filter(([key]) => !ownFields.has(key) && !stageFields.has(key));
  return { ...stage, ...Object.fromEntries(call), type: 'webhook' };
}

/** The values of its parameters: those of the stage, else the defaults. */
export function parameterValues(
  stage: Readonly<Record<string, unknown>>,
  { parameters = [] }: PreconfiguredWebhook,
): Readonly<Record<string, unknown>> {
  const given = isJsonObject(stage['parameterValues']) ? stage['parameterValues'] : {};
  return Object.fromEntries(
    parameters.map(({ name, defaultValue }) => {
      const value = Object.hasOwn(given, name) ? given[name] : undefined;
      return [name, value === undefined || value === '' ? (defaultValue ?? '') : value];
    }),
  );
}

/** What is wrong with a stage of this type. */
export function checkUse(stage: StageConfig, definition: PreconfiguredWebhook): readonly FieldProblem[] {
  const values = parameterValues(stage, definition);
  return (definition.parameters ?? []).flatMap(({ name, required = true, label = name }) =>
    required && values[name] === '' ? [{ field: `parameterValues.${name}`, message: `${label} is needed.` }] : [],
  );
}

const typeShape = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;
const nameShape = /^[A-Za-z_]\w{0,99}$/;
const mostParameters = 50;

/** What is wrong with a definition, beside what is wrong with its call. */
export function checkDefinition(type: string, document: PreconfiguredWebhook): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!typeShape.test(type)) problems.push({ field: 'type', message: 'A type is letters, digits, - and _.' });
  const parameters = document.parameters ?? [];
  if (parameters.length > mostParameters) {
    problems.push({ field: 'parameters', message: `There are at most ${mostParameters} parameters.` });
  }
  const seen = new Set<string>();
  for (const [at, { name, order }] of parameters.entries()) {
    const field = `parameters[${at}].name`;
    if (!nameShape.test(name)) problems.push({ field, message: 'A parameter is named by letters, digits and _.' });
    if (seen.has(name)) problems.push({ field, message: `Another parameter is called ${name}, too.` });
    if (order !== undefined && asNumber(order) === null) {
      problems.push({ field: `parameters[${at}].order`, message: 'order is a number.' });
    }
    seen.add(name);
  }
  return problems;
}

/** What people who build pipelines read: nothing of where it calls and with what. */
export function toGateDefinition({ type, document }: PreconfiguredRow): Record<string, unknown> {
  const { label, description = '', parameters = [], waitForCompletion } = document;
  return {
    type,
    label,
    description,
    noUserConfigurableFields: true,
    waitForCompletion: waitForCompletion === true,
    parameters: parameters.toSorted((left, right) => (left.order ?? 0) - (right.order ?? 0)),
  };
}

export function toWireDefinition(row: PreconfiguredRow): Record<string, unknown> {
  const { type, document, version, updated_at: updatedAt, updated_by: updatedBy } = row;
  return { ...document, type, version, updatedAt, updatedBy };
}
