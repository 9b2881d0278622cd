import type { Actor } from '#platform/commands/actor.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { describeJqFailure } from '#platform/jq/jq-failure.ts';
import { Problem } from '#platform/problem.ts';
import { checkTemplate, type TemplateProblem } from '#platform/template/check-template.ts';
import { collectTemplateBlocks } from '#platform/template/collect-template-blocks.ts';
import { renderTemplate } from '#platform/template/render-template.ts';
import type { ActionRow } from './action.ts';
import { type InvocationFacts, legacyInvocationBody, templateContext } from './build-invocation-context.ts';
import { callerDates } from './build-invocation-facts.ts';
import { fillForm } from './check-inputs.ts';
import { plainReferences } from './entity-references-rules.ts';
import type { ExecuteParts } from './execute-action.ts';
import { maskInvocation } from './invocation-view.ts';
import { maskInputs, secretInputs, secretMask } from './secret-inputs-rules.ts';

/** What is wrong with a template of a method. */
export interface MethodProblem extends TemplateProblem {
  /** It fails whatever is entered; otherwise it fails for this sample. */
  readonly certain: boolean;
}

/** An invocation method as it would be sent, for whoever writes it. */
export interface RenderedMethod {
  /** Null where a template is wrong in itself. */
  readonly rendered: unknown;
  readonly problems: readonly MethodProblem[];
}

export interface MethodSample {
  readonly actor: Actor;
  /** Saved or not. */
  readonly action: ActionRow;
  readonly given: JsonObject;
  readonly entity: JsonObject | null;
}

/** A run that there is not. */
const sampleRun = 'r_0000000000000000';

/**
 * Renders a method over an entity and inputs as a run of this person would. Nothing secret takes part: organisation
 * secrets and secret inputs are a mask from the start, so no expression can take them apart. Every failure is told at
 * its place, and the rest is rendered all the same.
 */
export async function renderMethod(parts: ExecuteParts, sample: MethodSample): Promise<RenderedMethod> {
  const facts = await sampleFacts(parts, sample);
  const { invocationMethod } = sample.action.document;
  const names = await parts.secretNames(sample.actor.orgId);
  const context = templateContext(facts, Object.fromEntries(names.map((name) => [name, secretMask])));
  const broken = await checkTemplate(invocationMethod, parts.jq);
  const failed = await runtimeProblems(parts, invocationMethod, context);
  const problems = [
    ...broken.map((problem) => ({ ...problem, certain: true })),
    ...failed.map((problem) => ({ ...problem, certain: false })),
    ...unknownSecrets(invocationMethod, new Set(names)).map((problem) => ({ ...problem, certain: false })),
  ];
  try {
    const rendered = plainReferences(await renderTemplate(invocationMethod, context, parts.jq, { strict: false }));
    return { rendered: isJsonObject(rendered) ? maskInvocation(withBody(rendered, facts)) : rendered, problems };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const path = error.details?.['path'];
    const known = problems.some((problem) => problem.path === path);
    const told = { path: typeof path === 'string' ? path : '$', message: error.message, certain: false };
    return { rendered: null, problems: known ? problems : [...problems, told] };
  }
}

async function sampleFacts(
  parts: ExecuteParts,
  { actor, action, given, entity }: MethodSample,
): Promise<InvocationFacts> {
  const { userInputs: inputs } = action.document.trigger;
  const { form, entities } = await fillForm(parts, { actor, inputs, given, entity }, { dropHidden: false });
  const shown = maskInputs(inputs, form.values);
  return {
    runId: sampleRun,
    action,
    actor,
    callerDates: await callerDates(parts.db, actor),
    origin: 'UI',
    at: parts.clock.now(),
    inputs: shown,
    templateInputs: await entities.withReferences(shown),
    encryptedInputs: [...secretInputs(inputs).keys()].filter((key) => shown[key] != null),
    entity,
  };
}

/** What compiles and fails over this sample. */
async function runtimeProblems(
  parts: ExecuteParts,
  method: unknown,
  context: JsonObject,
): Promise<readonly TemplateProblem[]> {
  const blocks = collectTemplateBlocks(method);
  const expressions = [...new Set(blocks.map(({ expression }) => expression))];
  if (expressions.length === 0) return [];
  const [row = []] = await parts.jq.evaluateBatch(expressions, [context]);
  return blocks.flatMap(({ path, expression }) => {
    const result = row[expressions.indexOf(expression)];
    if (result === undefined || result.ok || result.reason === 'compile') return [];
    return [{ path, expression, message: describeJqFailure(result) }];
  });
}

const secretPath = /\.secrets(?:\.([A-Za-z_]\w*)|\.?\[?"([^"\\]+)"\]?)/g;

function unknownSecrets(method: unknown, names: ReadonlySet<string>): readonly TemplateProblem[] {
  return collectTemplateBlocks(method).flatMap(({ path, expression }) =>
    [...expression.matchAll(secretPath)]
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((name) => !names.has(name))
      .map((name) => ({ path, expression, message: `there is no secret named "${name}"` })),
  );
}

/** What a webhook without a body of its own sends. */
function withBody(method: JsonObject, facts: InvocationFacts): JsonObject {
  const isBare = method['type'] === 'WEBHOOK' && method['body'] === undefined && method['method'] !== 'GET';
  return isBare ? { ...method, body: legacyInvocationBody(facts) } : method;
}
