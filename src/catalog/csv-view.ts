import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import type { WireEntity } from './entity-queries.ts';

const metaFields = ['identifier', 'title', 'team', 'createdAt', 'updatedAt'] as const;

function keysOf(blueprint: BlueprintDocument): {
  readonly properties: readonly string[];
  readonly relations: readonly string[];
} {
  const { schema, mirrorProperties, calculationProperties, aggregationProperties } = blueprint;
  const kinds = [schema.properties, mirrorProperties, calculationProperties, aggregationProperties];
  return { properties: kinds.flatMap((kind) => Object.keys(kind)), relations: Object.keys(blueprint.relations) };
}

/** Columns as a table has them, named as its keys; null for all that there are. The identifier is always there. */
type CsvColumns = readonly string[] | null;

/** The first line: what each column is. Begins with the mark by which spreadsheets know UTF-8. */
export function csvHead(blueprint: BlueprintDocument, columns: CsvColumns = null): string {
  const { properties, relations } = keysOf(blueprint);
  const heads = columns === null ? [...metaFields, 'level', ...properties, ...relations] : chosen(columns).map(headOf);
  return `\uFEFF${heads.map(csvField).join(',')}\r\n`;
}

const chosen = (columns: readonly string[]): readonly string[] => [
  '$identifier',
  ...columns.filter((key) => key !== '$identifier'),
];

const headOf = (key: string): string => (key.startsWith('$') ? key.slice(1) : key);

export function csvLines(
  blueprint: BlueprintDocument,
  entities: readonly WireEntity[],
  columns: CsvColumns = null,
): string {
  if (columns !== null) return chosenLines(entities, chosen(columns));
  const { properties, relations } = keysOf(blueprint);
  return entities
    .map((entity) => {
      const of = (part: string): JsonObject => {
        const value = entity[part];
        return isJsonObject(value) ? value : {};
      };
      const [values, related] = [of('properties'), of('relations')];
      const fields = [
        ...metaFields.map((field) => entity[field]),
        levelsOf(of('scorecards')),
        ...properties.map((key) => (Object.hasOwn(values, key) ? values[key] : null)),
        ...relations.map((key) => (Object.hasOwn(related, key) ? related[key] : null)),
      ];
      return `${fields.map(csvField).join(',')}\r\n`;
    })
    .join('');
}

function chosenLines(entities: readonly WireEntity[], keys: readonly string[]): string {
  return entities.map((entity) => `${keys.map((key) => csvField(valueIn(entity, key))).join(',')}\r\n`).join('');
}

function valueIn(entity: WireEntity, key: string): unknown {
  if (key.startsWith('$')) return entity[key.slice(1)];
  const of = (part: string): JsonObject => {
    const value = entity[part];
    return isJsonObject(value) ? value : {};
  };
  if (key.startsWith('level:')) {
    const name = key.slice('level:'.length);
    const scorecards = of('scorecards');
    const score = Object.hasOwn(scorecards, name) ? scorecards[name] : null;
    return isJsonObject(score) ? score['level'] : null;
  }
  const [properties, relations] = [of('properties'), of('relations')];
  if (Object.hasOwn(relations, key)) return relations[key];
  return Object.hasOwn(properties, key) ? properties[key] : null;
}

function levelsOf(scorecards: JsonObject): string {
  return Object.entries(scorecards)
    .map(([name, score]) => `${name}: ${isJsonObject(score) ? `${String(score['level'])}${exemptWords(score)}` : ''}`)
    .join('; ');
}

/** Levels that are held by rules that do not count say so. */
function exemptWords({ rules }: JsonObject): string {
  const exempt = Array.isArray(rules)
    ? rules.filter((rule) => isJsonObject(rule) && rule['exemption'] !== undefined).length
    : 0;
  return exempt === 0 ? '' : ` (${exempt} exempt)`;
}

/** Quoted where needed; a text that spreadsheets would compute is disarmed by a leading quote. */
export function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  const plain = typeof value === 'string' ? value : isList ? value.join('; ') : JSON.stringify(value);
  const safe = (typeof value === 'string' || isList) && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
