import type { Blueprint, Scorecard } from '../api/wire.ts';
import type { Rule } from './api.ts';
import { propertiesOf } from './columns.ts';

/** Which values of which fields are wanted; fields are property keys, "$team" or "level:<scorecard>". */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** `tier:1|2;health:Degraded`, each part percent-encoded, as it stands in the address. */
export function readFilters(text: string | undefined): Filters {
  const filters: Record<string, readonly string[]> = {};
  for (const part of (text ?? '').split(';')) {
    const cut = part.lastIndexOf(':');
    if (cut > 0)
      filters[decodeURIComponent(part.slice(0, cut))] = part
        .slice(cut + 1)
        .split('|')
        .map(decodeURIComponent);
  }
  return filters;
}

export const writeFilters = (filters: Filters): string =>
  Object.entries(filters)
    .filter(([, values]) => values.length > 0)
    .map(([field, values]) => `${encodeURIComponent(field)}:${values.map(encodeURIComponent).join('|')}`)
    .join(';');

export interface FilterField {
  readonly key: string;
  readonly title: string;
  readonly values: readonly string[];
}

/** What a table of this blueprint can be narrowed by. */
export function filterFields(
  blueprint: Blueprint,
  scorecards: readonly Scorecard[],
  teams: readonly string[],
  teamTitle: string,
): readonly FilterField[] {
  return [
    ...scorecards.map((one) => ({
      key: `level:${one.identifier}`,
      title: one.title,
      values: one.levels.map((level) => level.title),
    })),
    ...(teams.length === 0 ? [] : [{ key: '$team', title: teamTitle, values: teams }]),
    ...propertiesOf(blueprint).flatMap(({ key, title, schema }) => {
      if (schema.type === 'boolean') return [{ key, title, values: ['true', 'false'] }];
      return schema.enum === undefined ? [] : [{ key, title, values: schema.enum.map(String) }];
    }),
  ];
}

/** The part of a filter that the server can answer; levels are compared here. */
export function rulesOf(filters: Filters, blueprint: Blueprint): readonly Rule[] {
  return Object.entries(filters).flatMap(([key, values]): Rule[] => {
    if (key.startsWith('level:')) return [];
    if (key === '$team') return [{ property: key, operator: 'containsAny', value: values }];
    const type = blueprint.schema.properties[key]?.type;
    if (type === 'boolean')
      return values.length === 1 ? [{ property: key, operator: '=', value: values[0] === 'true' }] : [];
    if (type === 'number') return [{ property: key, operator: 'in', value: values.map(Number) }];
    return [{ property: key, operator: 'in', value: values }];
  });
}
