import { isPlain, type Path, valueAt, withValue } from '../../actions/editor/paths.ts';
import { isProblem } from '../../api/problem.ts';

export type Definition = { readonly [key: string]: unknown };

/** A blueprint as it is being written: what the server takes, in its shape. */
export type BlueprintDraft = Definition;

/** What a blueprint is made of. */
export const fieldKinds = ['property', 'relation', 'mirror', 'calculation', 'aggregation'] as const;
export type FieldKind = (typeof fieldKinds)[number];

const roots: Readonly<Record<FieldKind, Path>> = {
  property: ['schema', 'properties'],
  relation: ['relations'],
  mirror: ['mirrorProperties'],
  calculation: ['calculationProperties'],
  aggregation: ['aggregationProperties'],
};

/** One of its fields. */
export interface FieldRef {
  readonly kind: FieldKind;
  readonly key: string;
}

export const pathOf = ({ kind, key }: FieldRef): Path => [...roots[kind], key];
export const nameOf = ({ kind, key }: FieldRef): string => `${kind}.${key}`;

/** `property.tier`, as it stands in the address. */
export function readName(name: string | undefined): FieldRef | undefined {
  const [kind = '', ...rest] = (name ?? '').split('.');
  const known = fieldKinds.find((one) => one === kind);
  return known === undefined || rest.length === 0 ? undefined : { kind: known, key: rest.join('.') };
}

export const recordAt = (document: unknown, path: Path): Definition => {
  const value = valueAt(document, path);
  return isPlain(value) ? value : {};
};

export const definitionAt = (draft: BlueprintDraft, field: FieldRef): Definition | undefined => {
  const value = valueAt(draft, pathOf(field));
  return isPlain(value) ? value : undefined;
};

export const fieldsOf = (draft: BlueprintDraft, kind: FieldKind): readonly FieldRef[] =>
  Object.keys(recordAt(draft, roots[kind])).map((key) => ({ kind, key }));

export const textAt = (document: unknown, ...path: Path): string => {
  const value = valueAt(document, path);
  return typeof value === 'string' ? value : '';
};

export const requiredOf = (draft: BlueprintDraft): readonly string[] => {
  const value = valueAt(draft, ['schema', 'required']);
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
};

export const withRequired = (draft: BlueprintDraft, key: string, isRequired: boolean): BlueprintDraft => {
  const rest = requiredOf(draft).filter((one) => one !== key);
  return withValue(draft, ['schema', 'required'], isRequired ? [...rest, key] : rest);
};

/** Names are shared by fields of every kind. */
export const takenKeys = (draft: BlueprintDraft): ReadonlySet<string> =>
  new Set(fieldKinds.flatMap((kind) => fieldsOf(draft, kind).map(({ key }) => key)));

export function freeKey(draft: BlueprintDraft, wanted: string): string {
  const taken = takenKeys(draft);
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!taken.has(`${wanted}${number}`)) return `${wanted}${number}`;
}

export const withField = (
  draft: BlueprintDraft,
  field: FieldRef,
  definition: Definition | undefined,
): BlueprintDraft => {
  const changed = withValue(draft, pathOf(field), definition);
  return definition === undefined && field.kind === 'property' ? withRequired(changed, field.key, false) : changed;
};

/** Another key in the same place; where it was required it stays so. */
export function renamedField(draft: BlueprintDraft, field: FieldRef, key: string): BlueprintDraft {
  const entries = Object.entries(recordAt(draft, roots[field.kind])).map(
    ([one, definition]) => [one === field.key ? key : one, definition] as const,
  );
  const renamed = withValue(draft, roots[field.kind], Object.fromEntries(entries));
  if (field.kind !== 'property') return renamed;
  const required = requiredOf(draft).map((one) => (one === field.key ? key : one));
  return withValue(renamed, ['schema', 'required'], required);
}

/** A title as a key: words run together, each but the first with a capital. */
export const keyFrom = (title: string): string => {
  const words = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .split(' ')
    .filter(Boolean);
  return words
    .map((word, at) => (at === 0 ? word.toLowerCase() : `${word.charAt(0).toUpperCase()}${word.slice(1)}`))
    .join('')
    .slice(0, 100);
};

const readOnly = new Set(['id', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy']);

/** What of a stored blueprint people write. */
export const draftFrom = (stored: Definition): BlueprintDraft =>
  Object.fromEntries(Object.entries(stored).filter(([key]) => !readOnly.has(key)));

export const emptyBlueprint: BlueprintDraft = {
  identifier: '',
  title: '',
  icon: 'Service',
  ownership: { type: 'Direct' },
  schema: { properties: {}, required: [] },
  relations: {},
  mirrorProperties: {},
  calculationProperties: {},
  aggregationProperties: {},
};

/** A message about the value at a path. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
}

/** What the server refused, each at the value it is about; nothing for what is about the whole. */
export function faultsOf(error: unknown): readonly Fault[] {
  if (!isProblem(error)) return [];
  const { errors, property } = error.details;
  if (Array.isArray(errors)) {
    return (errors as { readonly path?: unknown; readonly message?: unknown }[]).flatMap(({ path, message }) =>
      typeof path === 'string' && path !== '' && typeof message === 'string'
        ? [{ path: path.split(/[./[\]]+/).filter(Boolean), message }]
        : [],
    );
  }
  if (error.code === 'property_type_change' && typeof property === 'string')
    return [
      { path: [...pathOf({ kind: 'property', key: property.split('.')[0] ?? '' }), 'type'], message: error.message },
    ];
  return error.code === 'identifier_taken' ? [{ path: ['identifier'], message: error.message }] : [];
}

const startsWith = (path: Path, start: Path): boolean =>
  start.every((part, index) => String(path[index]) === String(part));

/** What is said about a value, or about something in it. */
export const faultAt = (faults: readonly Fault[], path: Path): string | undefined =>
  faults.find((fault) => startsWith(fault.path, path))?.message;
