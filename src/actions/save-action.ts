import type { Static } from 'typebox';
import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { parseSearchRules } from '#catalog/rules/parse-rules.ts';
import { jsonEqual } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { ActionDocument, ActionRow } from './action.ts';
import { actionByIdentifier, actionsOf, getLegacyAction } from './action-queries.ts';
import {
  type ActionDraft,
  actionTaken,
  assertBlueprint,
  insertAction,
  lockAction,
  removeAction,
  replaceAction,
} from './action-store.ts';
import type { actionBody, legacyActionBody } from './contract.ts';
import { assertMayBePublished, assertUsableMethod, blankField } from './invocation-rules.ts';
import { assertUsableInputs } from './user-inputs-rules.ts';

export type ActionInput = Static<typeof actionBody>;
export type LegacyActionInput = Static<typeof legacyActionBody>;

// An empty list on a blueprint without actions changes nothing.
maybeSilent(createLegacyActions);
maybeSilent(replaceLegacyActions);

export async function createAction(ctx: WriteContext, input: ActionInput): Promise<ActionRow> {
  authorize(ctx.actor, 'action.write');
  return insertAction(ctx, draftOf(input));
}

export async function createLegacyAction(
  ctx: WriteContext,
  input: { readonly blueprint: string; readonly action: LegacyActionInput },
): Promise<ActionRow> {
  authorize(ctx.actor, 'action.write');
  return insertAction(ctx, await legacyDraft(ctx, input.blueprint, input.action));
}

/** The list form of the older POST: all of them or none. */
export async function createLegacyActions(
  ctx: WriteContext,
  input: { readonly blueprint: string; readonly actions: readonly LegacyActionInput[] },
): Promise<readonly ActionRow[]> {
  authorize(ctx.actor, 'action.write');
  await assertBlueprint(ctx, input.blueprint);
  const rows: ActionRow[] = [];
  for (const action of input.actions) rows.push(await createLegacyAction(ctx, { blueprint: input.blueprint, action }));
  return rows;
}

export async function updateAction(
  ctx: WriteContext,
  input: { readonly identifier: string; readonly action: ActionInput; readonly expectedVersion: number | null },
): Promise<ActionRow> {
  authorize(ctx.actor, 'action.write');
  const before = await lockAction(ctx, input.identifier, input.expectedVersion);
  const draft = presentDraft(before, input.action);
  if (input.action.publish === true) assertMayBePublished(input.action.invocationMethod);
  return replaceAction(ctx, before, draft);
}

export async function updateLegacyAction(
  ctx: WriteContext,
  input: {
    readonly blueprint: string;
    readonly identifier: string;
    readonly action: LegacyActionInput;
    readonly expectedVersion?: number | null;
  },
): Promise<ActionRow> {
  authorize(ctx.actor, 'action.write');
  const found = await getLegacyAction(ctx.db, { orgId: ctx.actor.orgId, ...input });
  const before = await lockAction(ctx, found.identifier, input.expectedVersion ?? null);
  return replaceAction(ctx, before, await legacyDraft(ctx, input.blueprint, input.action, before));
}

/** The older PUT on the collection: what is not in the list goes, the rest is created or replaced. */
export async function replaceLegacyActions(
  ctx: WriteContext,
  input: { readonly blueprint: string; readonly actions: readonly LegacyActionInput[] },
): Promise<readonly ActionRow[]> {
  authorize(ctx.actor, 'action.write');
  await assertBlueprint(ctx, input.blueprint);
  const wanted = new Set<string>();
  for (const { identifier } of input.actions) {
    if (wanted.has(identifier)) throw actionTaken(identifier);
    wanted.add(identifier);
  }
  const existing = await actionsOf(ctx.db, ctx.actor.orgId, { blueprints: [input.blueprint] });
  for (const row of existing) if (!wanted.has(row.legacy_identifier)) await removeAction(ctx, row);
  const rows: ActionRow[] = [];
  for (const action of input.actions) {
    const known = existing.some((row) => row.legacy_identifier === action.identifier);
    const { blueprint } = input;
    rows.push(
      known
        ? await updateLegacyAction(ctx, { blueprint, identifier: action.identifier, action })
        : await createLegacyAction(ctx, { blueprint, action }),
    );
  }
  return rows;
}

export async function deleteAction(ctx: WriteContext, input: { readonly identifier: string }): Promise<void> {
  authorize(ctx.actor, 'action.write');
  await removeAction(ctx, await lockAction(ctx, input.identifier, null));
}

function draftOf(input: ActionInput): ActionDraft {
  const { trigger } = input;
  if (trigger.type === 'automation' || trigger.operation === undefined) {
    throw problem('invalid', 'invalid_request', 'trigger.type must be self-service, with an operation.', {
      field: 'trigger.type',
    });
  }
  const inputs = { ...trigger.userInputs, properties: trigger.userInputs?.properties ?? {} };
  assertUsableInputs(inputs);
  assertUsableMethod(input.invocationMethod);
  assertUsableCondition(trigger);
  const document = {
    ...described(input),
    trigger: { ...trigger, userInputs: inputs },
    invocationMethod: input.invocationMethod,
    ...publication(input),
    ...(input.allowAnyoneToViewRuns === undefined ? {} : { allowAnyoneToViewRuns: input.allowAnyoneToViewRuns }),
  } as ActionDocument;
  return { document, legacyIdentifier: input.identifier, shape: 2 };
}

/** In the present shape; what an older action is called, and gets when it says nothing else, stays as it was. */
function presentDraft(before: ActionRow, input: ActionInput): ActionDraft {
  const draft = draftOf(input);
  const { invocationMethod, trigger } = draft.document;
  const isSame = jsonEqual(invocationMethod, before.document.invocationMethod);
  const saysNothingNew = !speaksPresent(invocationMethod) && !JSON.stringify(invocationMethod).includes('{{');
  const keepsName = draft.document.identifier === before.identifier && trigger.blueprintIdentifier === before.blueprint;
  return {
    ...draft,
    ...(keepsName ? { legacyIdentifier: before.legacy_identifier } : {}),
    ...(before.shape === 1 && (isSame || saysNothingNew) ? { shape: 1 as const } : {}),
  };
}

/** What is still to be filled in makes an action a draft by itself. */
function publication({ publish, invocationMethod }: ActionInput): Pick<ActionDocument, 'publish'> {
  if (blankField(invocationMethod) !== null) return { publish: false };
  return publish === undefined ? {} : { publish };
}

/** A condition says for which entities an action is offered. */
function assertUsableCondition({ condition, operation, blueprintIdentifier }: ActionInput['trigger']): void {
  if (condition === undefined) return;
  const refuse = (message: string): Error =>
    problem('invalid', 'invalid_request', `trigger.condition ${message}.`, { field: 'trigger.condition' });
  if (condition['type'] !== undefined && condition['type'] !== 'SEARCH') throw refuse('must be of type SEARCH');
  if (operation === 'CREATE' || blueprintIdentifier === undefined) {
    throw refuse('is for DAY-2 and DELETE actions of a blueprint: there is no entity to look at');
  }
  parseSearchRules(condition, 'trigger.condition');
}

/** Stored under its own name where that is free, otherwise under `<blueprint>_<name>`, Port's own convention. */
async function legacyDraft(
  ctx: WriteContext,
  blueprint: string,
  input: LegacyActionInput,
  current?: ActionRow,
): Promise<ActionDraft> {
  const inputs = { ...input.userInputs, properties: input.userInputs?.properties ?? {} };
  assertUsableInputs(inputs);
  assertUsableMethod(input.invocationMethod);
  const free = current === undefined && (await actionByIdentifier(ctx.db, ctx.actor.orgId, input.identifier)) === null;
  const identifier = current?.identifier ?? (free ? input.identifier : `${blueprint}_${input.identifier}`);
  const { trigger, ...kept } = current === undefined ? { trigger: {} } : unsaid(current.document, input);
  const document = {
    ...described(input),
    identifier,
    trigger: {
      type: 'self-service',
      operation: input.trigger,
      blueprintIdentifier: blueprint,
      userInputs: inputs,
      ...trigger,
    },
    invocationMethod: input.invocationMethod,
    publish: blankField(input.invocationMethod) === null,
    ...kept,
  } as ActionDocument;
  return { document, legacyIdentifier: input.identifier, shape: shapeOf(input, current) };
}

/** What the older shape has no words for: who replaces an action in it does not mean to take that away. */
function unsaid(
  { trigger, allowAnyoneToViewRuns, publish, invocationMethod }: ActionDocument,
  input: LegacyActionInput,
): { readonly trigger: object; readonly allowAnyoneToViewRuns?: boolean; readonly publish?: boolean } {
  const { condition, actionCardButtonText, executeActionButtonText } = trigger;
  const isOnEntity = input.trigger !== 'CREATE';
  const isDraftOnPurpose = publish === false && blankField(invocationMethod) === null;
  return {
    trigger: given({ actionCardButtonText, executeActionButtonText, condition: isOnEntity ? condition : undefined }),
    ...given({ allowAnyoneToViewRuns, publish: isDraftOnPurpose ? false : undefined }),
  };
}

/** Methods of the present version have keys that the older one would leave unread. */
const presentKeys = [
  'body',
  'headers',
  'payload',
  'workflowInputs',
  'pipelineVariables',
  'mapping',
  'integrationActionExecutionProperties',
] as const;

/** A method that was saved in the present version stays in it, as long as it is given back or still says so. */
function shapeOf({ invocationMethod }: LegacyActionInput, current: ActionRow | undefined): 1 | 2 {
  if (current?.shape !== 2) return 1;
  const isSame = jsonEqual(invocationMethod, current.document.invocationMethod);
  return isSame || speaksPresent(invocationMethod) ? 2 : 1;
}

function speaksPresent(method: object): boolean {
  return presentKeys.some((key) => Object.hasOwn(method, key));
}

function described(
  input: ActionInput | LegacyActionInput,
): Pick<ActionDocument, 'identifier'> & Record<string, unknown> {
  const { identifier, title, icon, description, requiredApproval, approvalNotification } = input;
  const timeLimitMinutes = input.timeLimitMinutes ?? undefined;
  const said = {
    title,
    icon: icon ?? undefined,
    description,
    requiredApproval,
    approvalNotification,
    timeLimitMinutes,
  };
  return { identifier, ...given(said) };
}

function given(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
