import type { EntitySearch } from '#catalog/find-entities.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { UserInput, UserInputs } from './action.ts';

/** Entities that match a query, of the named blueprints or of all. */
export type FindEntities = (actor: Actor, search: EntitySearch) => Promise<readonly JsonObject[]>;

/** Entities that inputs name, by input and identifier; those that are not there are missing. */
export type InputEntities = ReadonlyMap<string, ReadonlyMap<string, JsonObject>>;

/** More than these are not looked up, so an input that names more is refused. */
export const namedLimit = 1000;

/** The blueprint whose entities an input takes, one or many; null for every other input. */
export function entityBlueprint(input: UserInput): string | null {
  const items = isJsonObject(input['items']) ? input['items'] : {};
  const isEntity = input.format === 'entity' || (input.type === 'array' && items['format'] === 'entity');
  const blueprint = items['blueprint'] ?? input['blueprint'];
  return isEntity && typeof blueprint === 'string' ? blueprint : null;
}

/** The identifiers in the value of an entity input. */
export function namedEntities(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string' && item !== '').slice(0, namedLimit);
}

/** Loads what inputs name, each entity once for as long as the loader lives. */
export function createInputEntities(find: FindEntities, actor: Actor, inputs: UserInputs) {
  const known = new Map<string, ReadonlyMap<string, JsonObject>>();
  const asked = new Map<string, string>();

  async function load(values: Readonly<Record<string, unknown>>): Promise<InputEntities> {
    await Promise.all(
      Object.entries(inputs.properties).map(async ([key, input]) => {
        const blueprint = entityBlueprint(input);
        const identifiers = namedEntities(values[key]);
        const question = JSON.stringify(identifiers);
        if (blueprint === null || asked.get(key) === question) return;
        asked.set(key, question);
        const query = { combinator: 'and', rules: [{ property: '$identifier', operator: 'in', value: identifiers }] };
        const found =
          identifiers.length === 0 ? [] : await find(actor, { query, blueprints: [blueprint], limit: namedLimit });
        known.set(key, new Map(found.map((entity) => [String(entity['identifier']), entity])));
      }),
    );
    return known;
  }

  return {
    load,
    /** Whole entities in the place of identifiers, as the expressions of a form see them. */
    async withEntities(values: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
      return replaced(inputs, values, await load(values), (entity) => entity);
    },
    /** What templates see: enough to name the entity. */
    async withReferences(values: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
      return replaced(inputs, values, await load(values), ({ identifier, title, icon, blueprint }) => ({
        identifier,
        title,
        icon,
        blueprint,
      }));
    },
  };
}

function replaced(
  inputs: UserInputs,
  values: Readonly<Record<string, unknown>>,
  entities: InputEntities,
  show: (entity: JsonObject) => JsonObject,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const input = Object.hasOwn(inputs.properties, key) ? inputs.properties[key] : undefined;
      if (input === undefined || entityBlueprint(input) === null) return [key, value];
      const shown = (item: unknown): unknown => {
        if (typeof item !== 'string' || item === '') return item;
        const entity = entities.get(key)?.get(item);
        return entity === undefined ? { identifier: item } : show(entity);
      };
      return [key, Array.isArray(value) ? value.map(shown) : shown(value)];
    }),
  );
}
