/** Which fields of an entity an answer has; names as clients write them: `lang`, `properties.lang`, `$team`, `team`. */
export interface ReadOptions {
  readonly include?: ReadonlySet<string> | undefined;
  readonly exclude?: ReadonlySet<string> | undefined;
  /** Drops mirrors, calculations and aggregations. */
  readonly excludeCalculated?: boolean | undefined;
  /** Relations become `{identifier, title}`. */
  readonly attachTitles?: boolean | undefined;
  /** Mirrors of a title become `{identifier, title}`. */
  readonly attachIdentifiers?: boolean | undefined;
}

/** The query parameters of read options after HTTP parsing; every list may be repeated or joined by commas. */
export interface ReadQuery {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly exclude_calculated_properties?: string | undefined;
  readonly attach_title_to_relation?: string | undefined;
  readonly attach_identifier_to_title_mirror_properties?: string | undefined;
}

export function readOptions(query: ReadQuery): ReadOptions {
  return {
    include: fieldNames(query.include),
    exclude: fieldNames(query.exclude),
    excludeCalculated: isOn(query.exclude_calculated_properties),
    attachTitles: isOn(query.attach_title_to_relation),
    attachIdentifiers: isOn(query.attach_identifier_to_title_mirror_properties),
  };
}

/** Python's clients send `True`. */
export function isOn(text: string | undefined): boolean {
  return text !== undefined && text.toLowerCase() === 'true';
}

function fieldNames(values: readonly string[] | undefined): ReadonlySet<string> | undefined {
  const names = (values ?? [])
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? undefined : new Set(names);
}

/** `parent` is where the field is nested; naming the parent names all its fields, and a bare key matches too. */
export function wants(options: ReadOptions, name: string, parent?: 'properties' | 'relations'): boolean {
  if (options.include !== undefined && !named(options.include, name, parent)) return false;
  return options.exclude === undefined || !named(options.exclude, name, parent);
}

const metaNames: ReadonlySet<string> = new Set(
  'identifier title icon team blueprint scorecards createdAt createdBy updatedAt updatedBy properties relations'.split(
    ' ',
  ),
);

function named(fields: ReadonlySet<string>, name: string, parent: string | undefined): boolean {
  if (parent === undefined) return fields.has(name) || fields.has(`$${name}`);
  return fields.has(parent) || fields.has(`${parent}.${name}`) || (!metaNames.has(name) && fields.has(name));
}
