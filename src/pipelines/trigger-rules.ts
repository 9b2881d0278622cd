import { compilePattern } from '#catalog/compile-pattern.ts';
import { isJsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import { nextCronInstant } from './cron-rules.ts';
import type { TriggerConfig } from './pipeline.ts';
import type { FieldProblem } from './stages/stage-kind.ts';

export const triggerTypes = ['cron', 'webhook', 'pipeline', 'catalog'] as const;

const sourceShape = /^[\w.-]{1,100}$/;
const pipelineStatuses: ReadonlySet<string> = new Set(['successful', 'failed', 'canceled']);
const changes: ReadonlySet<string> = new Set(['created', 'updated', 'deleted']);
/** An instant that only says whether an expression ever comes. */
const anyInstant = new Date(0);

export function checkTriggers(triggers: readonly TriggerConfig[]): readonly FieldProblem[] {
  const seen = new Set<string>();
  return triggers.flatMap((trigger, at) => {
    const problems = checkTrigger(trigger);
    const again = trigger.id !== undefined && seen.has(trigger.id);
    if (trigger.id !== undefined) seen.add(trigger.id);
    const twice = again ? [{ field: 'id', message: 'Another trigger has this id, too.' }] : [];
    return [...problems, ...twice].map(({ field, message }) => ({ field: `triggers[${at}].${field}`, message }));
  });
}

function checkTrigger(trigger: TriggerConfig): readonly FieldProblem[] {
  switch (trigger.type) {
    case 'cron':
      return checkCron(trigger);
    case 'webhook':
      return checkWebhook(trigger);
    case 'pipeline':
      return checkPipelineTrigger(trigger);
    case 'catalog':
      return checkCatalog(trigger);
    default:
      // Triggers of other systems are kept where they are switched off: nothing here can fire them.
      return trigger.enabled === false
        ? []
        : [
            {
              field: 'type',
              message: `Nothing fires triggers of type "${trigger.type}". Known are ${triggerTypes.join(', ')}.`,
            },
          ];
  }
}

/** Empty when it is no text. */
export function textField(trigger: TriggerConfig, field: string): string {
  const value = trigger[field];
  return typeof value === 'string' ? value : '';
}

export function cronTimeZone(trigger: TriggerConfig): string {
  return typeof trigger['timeZone'] === 'string' && trigger['timeZone'] !== '' ? trigger['timeZone'] : 'UTC';
}

function checkCron(trigger: TriggerConfig): readonly FieldProblem[] {
  try {
    nextCronInstant(textField(trigger, 'cronExpression'), cronTimeZone(trigger), anyInstant);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [{ field: 'cronExpression', message: error.message }];
  }
}

function checkWebhook(trigger: TriggerConfig): readonly FieldProblem[] {
  const { source } = trigger;
  if (typeof source !== 'string' || !sourceShape.test(source)) {
    return [{ field: 'source', message: 'source is needed: letters, digits, dots, - and _.' }];
  }
  const constraints = trigger['payloadConstraints'] ?? {};
  if (!isJsonObject(constraints)) return [{ field: 'payloadConstraints', message: 'They are an object of patterns.' }];
  return Object.entries(constraints).flatMap(([key, pattern]) => {
    try {
      compilePattern(String(pattern));
      return [];
    } catch (error) {
      const message = `The pattern cannot be read: ${error instanceof Error ? error.message : ''}.`;
      return [{ field: `payloadConstraints.${key}`, message }];
    }
  });
}

function checkPipelineTrigger(trigger: TriggerConfig): readonly FieldProblem[] {
  const { pipeline, status = [] } = trigger;
  if (typeof pipeline !== 'string' || pipeline === '')
    return [{ field: 'pipeline', message: 'pipeline is needed: its id.' }];
  const known = Array.isArray(status) && status.every((each) => pipelineStatuses.has(String(each)));
  return known ? [] : [{ field: 'status', message: `status lists ${[...pipelineStatuses].join(', ')}.` }];
}

function checkCatalog(trigger: TriggerConfig): readonly FieldProblem[] {
  const { blueprint, on = [] } = trigger;
  if (typeof blueprint !== 'string' || blueprint === '')
    return [{ field: 'blueprint', message: 'blueprint is needed.' }];
  const known = Array.isArray(on) && on.every((each) => changes.has(String(each)));
  return known ? [] : [{ field: 'on', message: `on lists ${[...changes].join(', ')}.` }];
}
/** Whether a webhook's payload is what a trigger waits for: every key has a value that its pattern finds. */
export function payloadMatches(trigger: TriggerConfig, payload: unknown): boolean {
  const constraints = isJsonObject(trigger['payloadConstraints']) ? trigger['payloadConstraints'] : {};
  return Object.entries(constraints).every(([key, pattern]) => {
    const value = valueAt(payload, key);
    if (value === undefined || value === null) return false;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return compilePattern(String(pattern)).test(text);
  });
}

/** A plain key, or a path of keys and indices such as `$.pull_request.labels[0].name`. */
export function valueAt(document: unknown, path: string): unknown {
  if (isJsonObject(document) && Object.hasOwn(document, path)) return document[path];
  const steps = path.replace(/^\$\.?/, '').match(/[^.[\]'"]+/g) ?? [];
  let value = document;
  for (const step of steps) {
    if (Array.isArray(value)) value = (value as unknown[])[Number(step)];
    else if (isJsonObject(value) && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}
