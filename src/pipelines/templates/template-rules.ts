import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { FieldProblem } from '../stages/stage-kind.ts';
import {
  type TemplateDocument,
  type TemplateReference,
  type TemplateVariable,
  usualTag,
  type VariableType,
} from './template.ts';

const idShape = /^[A-Za-z0-9][\w.-]{0,99}$/;
const tagShape = /^[A-Za-z0-9][\w.-]{0,99}$/;
const variableShape = /^[A-Za-z_]\w{0,99}$/;
const types: ReadonlySet<string> = new Set(['string', 'int', 'float', 'boolean', 'list', 'object']);
const mostVariables = 100;

/** What the server tells of a template; sent back, it is no part of it. */
const serverKeys: ReadonlySet<string> = new Set(['digest', 'tag', 'updateTs', 'lastModifiedBy']);

/** The document as it is kept. Refuses what is no template, naming the field. */
export function readTemplate(given: unknown): TemplateDocument {
  const problems = checkTemplate(given);
  const [first] = problems;
  if (first !== undefined) {
    throw problem('invalid', 'invalid_template', `${first.field}: ${first.message}`, { field: first.field, problems });
  }
  const kept = Object.entries(given as TemplateDocument).filter(([key]) => !serverKeys.has(key));
  const document = Object.fromEntries(kept) as unknown as TemplateDocument;
  const variables = (document.variables ?? []).map((each) => ({ ...each, type: each.type ?? 'string' }));
  return { ...document, metadata: document.metadata ?? {}, variables };
}

function checkTemplate(given: unknown): readonly FieldProblem[] {
  if (!isJsonObject(given)) return [{ field: '', message: 'A template is an object.' }];
  const problems: FieldProblem[] = [];
  if (given['schema'] !== 'v2') problems.push({ field: 'schema', message: 'Templates have the schema v2.' });
  if (typeof given['id'] !== 'string' || !idShape.test(given['id'])) {
    problems.push({ field: 'id', message: 'id is letters, digits, dots, - and _, up to a hundred.' });
  }
  if (!isJsonObject(given['pipeline'])) problems.push({ field: 'pipeline', message: 'pipeline is an object.' });
  if (given['metadata'] !== undefined && !isJsonObject(given['metadata'])) {
    problems.push({ field: 'metadata', message: 'metadata is an object.' });
  }
  return [...problems, ...checkVariables(given['variables'] ?? [])];
}

function checkVariables(given: unknown): readonly FieldProblem[] {
  if (!Array.isArray(given) || given.length > mostVariables) {
    return [{ field: 'variables', message: `variables is a list of at most ${mostVariables}.` }];
  }
  const seen = new Set<string>();
  return (given as unknown[]).flatMap((each, at) => {
    const field = `variables[${at}]`;
    if (!isJsonObject(each) || typeof each['name'] !== 'string' || !variableShape.test(each['name'])) {
      return [{ field: `${field}.name`, message: 'A variable is named by letters, digits and _.' }];
    }
    const { name, type = 'string', defaultValue } = each;
    const twice = seen.has(name)
      ? [{ field: `${field}.name`, message: `Another variable is called ${name}, too.` }]
      : [];
    seen.add(name);
    if (typeof type !== 'string' || !types.has(type)) {
      return [...twice, { field: `${field}.type`, message: `type is one of ${[...types].join(', ')}.` }];
    }
    const fits = defaultValue === undefined || defaultValue === null || isOfType(type as VariableType, defaultValue);
    return fits ? twice : [...twice, { field: `${field}.defaultValue`, message: `The default is no ${type}.` }];
  });
}

function isOfType(type: VariableType, value: unknown): boolean {
  // Expressions become what they become when the pipeline runs.
  if (typeof value === 'string' && (value.includes('{{') || value.includes('${'))) return true;
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'int':
      return Number.isInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
  }
}

/** On a command line everything is a text. */
function typedValue(type: VariableType, value: unknown): unknown {
  if (typeof value !== 'string' || type === 'string' || isOfType(type, value)) return value;
  try {
    const read: unknown = JSON.parse(value);
    return isOfType(type, read) ? read : value;
  } catch {
    return value;
  }
}

/** The values with which a pipeline fills a template, or what is wrong with them. */
export function readValues(
  variables: readonly TemplateVariable[],
  given: unknown,
): { readonly values: Readonly<Record<string, unknown>>; readonly problems: readonly FieldProblem[] } {
  const own = isJsonObject(given) ? given : {};
  const known = new Map(variables.map((variable) => [variable.name, variable]));
  const problems: FieldProblem[] = Object.keys(own)
    .filter((name) => !known.has(name))
    .map((name) => ({ field: `variables.${name}`, message: `The template has no variable ${name}.` }));
  const values: Record<string, unknown> = {};
  for (const { name, type, defaultValue } of variables) {
    const value = Object.hasOwn(own, name) ? typedValue(type, own[name]) : defaultValue;
    const field = `variables.${name}`;
    if (value === undefined || value === null) problems.push({ field, message: `Variable ${name} needs a value.` });
    else if (!isOfType(type, value)) problems.push({ field, message: `Variable ${name} is no ${type}.` });
    else values[name] = value;
  }
  return { values, problems };
}

/** `spinnaker://id`, `id:tag` or `id@sha256:digest`, with the address or without. */
export function readReference(given: unknown): TemplateReference | null {
  const reference = isJsonObject(given) ? given['reference'] : given;
  if (typeof reference !== 'string') return null;
  const text = reference.replace(/^[a-z]+:\/\//i, '');
  const [name = '', digest = null] = text.split('@', 2);
  const [id = '', tag = usualTag] = name.split(':', 2);
  if (!idShape.test(id) || !tagShape.test(tag)) return null;
  return { id, tag, digest: digest === null ? null : digest.replace(/^sha256:/, '') };
}

export function readTag(given: string | undefined): string {
  const tag = given === undefined || given === '' ? usualTag : given;
  if (tagShape.test(tag)) return tag;
  throw problem('invalid', 'invalid_request', 'A tag is letters, digits, dots, - and _.', { field: 'tag' });
}
