import type { PropertyFault } from '#catalog/validate-properties.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { JsonObject } from '#platform/json.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { Problem } from '#platform/problem.ts';
import type { UserInputs } from './action.ts';
import { directoryFaults, type KnownNames } from './check-directory-inputs.ts';
import { yamlFaults } from './check-yaml-inputs.ts';
import { describeUser } from './describe-user.ts';
import { formExpressions } from './form-expression-rules.ts';
import { faultOf, inputFaults, refusedInputs } from './input-values-rules.ts';
import {
  createInputEntities,
  entityBlueprint,
  type FindEntities,
  namedEntities,
  namedLimit,
} from './load-input-entities.ts';
import { resolveForm, type ResolvedForm } from './resolve-form.ts';

export interface FormParts {
  readonly jq: Pick<JqPool, 'evaluateBatch' | 'check'>;
  readonly findEntities: FindEntities;
  /** Which of these people and teams the organisation has. */
  readonly knownNames: KnownNames;
  /** The entity as the API shows it to this actor, or null. */
  readonly readEntity: (actor: Actor, blueprint: string, identifier: string) => Promise<JsonObject | null>;
}

/** A form that somebody fills in. */
export interface FormFilling {
  readonly actor: Actor;
  readonly inputs: UserInputs;
  readonly given: Readonly<Record<string, unknown>>;
  /** The entity of a DAY-2 or DELETE action, whole. */
  readonly entity: JsonObject | null;
}

export type InputEntitiesLoader = ReturnType<typeof createInputEntities>;

/** The form as it stands for what was entered so far. */
export async function fillForm(
  parts: FormParts,
  { actor, inputs, given, entity }: FormFilling,
  how: { readonly dropHidden: boolean },
): Promise<{ readonly form: ResolvedForm; readonly entities: InputEntitiesLoader }> {
  const entities = createInputEntities(parts.findEntities, actor, inputs);
  // Nobody asks for the person where nothing is computed.
  const user = formExpressions(inputs).length === 0 ? {} : await describeUser(parts, actor);
  const scope = { given, entity, user, withEntities: entities.withEntities, ...how };
  return { form: await resolveForm(parts.jq, inputs, scope), entities };
}

/** The inputs of a run, defaults filled in; refused with the inputs named when one does not fit the form. */
export async function acceptInputs(
  parts: FormParts,
  filling: FormFilling,
): Promise<{ readonly values: Readonly<Record<string, unknown>>; readonly entities: InputEntitiesLoader }> {
  const { form, entities } = await fillForm(parts, filling, { dropHidden: false });
  const wrong = inputFaults(filling.inputs, form);
  if (wrong.length > 0) throw refusedInputs(wrong);
  const { actor, inputs } = filling;
  const unfit = [
    ...(await yamlFaults(inputs, form.values)),
    ...(await directoryFaults(parts.knownNames, actor.orgId, inputs, form.values)),
    ...(await entityFaults(parts, filling, form, entities)),
  ];
  if (unfit.length > 0) throw refusedInputs(unfit);
  return { values: form.values, entities };
}

/** Entities that inputs name have to be there, and among those the form offers. */
async function entityFaults(
  parts: FormParts,
  { actor, inputs }: FormFilling,
  form: ResolvedForm,
  entities: InputEntitiesLoader,
): Promise<readonly PropertyFault[]> {
  const loaded = await entities.load(form.values);
  const faults: PropertyFault[] = [];
  for (const [key, input] of Object.entries(inputs.properties)) {
    const blueprint = entityBlueprint(input);
    if (blueprint === null) continue;
    const value = form.values[key];
    if (Array.isArray(value) && value.length > namedLimit) {
      faults.push(faultOf(key, `names more than ${namedLimit} entities`));
      continue;
    }
    const named = namedEntities(value);
    if (named.length === 0) continue;
    const unknown = named.find((identifier) => loaded.get(key)?.has(identifier) !== true);
    if (unknown !== undefined) {
      faults.push(faultOf(key, `names "${unknown}", and there is no such entity of ${blueprint}`));
      continue;
    }
    const dataset = form.inputs[key]?.dataset;
    if (dataset === undefined) continue;
    const offered = await offeredAmong(parts, actor, { blueprint, dataset, named });
    const outside = named.find((identifier) => !offered.has(identifier));
    if (outside !== undefined) faults.push(faultOf(key, `names "${outside}", which is not among its choices`));
  }
  return faults;
}

async function offeredAmong(
  parts: FormParts,
  actor: Actor,
  choice: { readonly blueprint: string; readonly dataset: JsonObject; readonly named: readonly string[] },
): Promise<ReadonlySet<unknown>> {
  const named = { property: '$identifier', operator: 'in', value: choice.named };
  const query = { combinator: 'and', rules: [named, choice.dataset] };
  try {
    const found = await parts.findEntities(actor, { query, blueprints: [choice.blueprint], limit: 1000 });
    return new Set(found.map((entity) => entity['identifier']));
  } catch (error) {
    // A computed value that its rule cannot take: nothing can be chosen.
    if (error instanceof Problem && error.kind === 'invalid') return new Set();
    throw error;
  }
}

/** The entity that a form works on; null where none is named, the form has none, or it is not there. */
export async function formEntity(
  parts: FormParts,
  actor: Actor,
  blueprint: string | null,
  named: string | null | undefined,
): Promise<JsonObject | null> {
  const target = named ?? '';
  return blueprint === null || target === '' ? null : parts.readEntity(actor, blueprint, target);
}

export function teamsOf(entity: JsonObject | null): readonly string[] {
  return Array.isArray(entity?.['team']) ? (entity['team'] as readonly string[]) : [];
}
