import type { Blueprint, PropertySchema, Relation } from '../api/wire.ts';
import { type PropertyColumn, propertiesOf } from './columns.ts';

type Relations = Readonly<Record<string, Relation>>;

/** How what stands at the end of a path over relations is shown: as where it comes from, as a list over many. */
export function schemaAt(path: string, own: Relations, blueprints: readonly Blueprint[]): PropertySchema {
  const steps = path.split('.');
  const key = steps.at(-1) ?? '';
  let relations = own;
  let at: Blueprint | undefined;
  let many = false;
  for (const step of steps.slice(0, -1)) {
    const relation: Relation | undefined = relations[step];
    if (relation === undefined) return { type: 'string' };
    many ||= relation.many === true;
    at = blueprints.find((one) => one.identifier === relation.target);
    relations = at?.relations ?? {};
  }
  const schema = leafSchema(key, at);
  if (!many || schema.type === 'array') return schema;
  const { type, format, enumColors } = schema;
  return {
    type: 'array',
    items: format === undefined ? { type } : { type, format },
    ...(enumColors === undefined ? {} : { enumColors }),
  };
}

function leafSchema(key: string, blueprint: Blueprint | undefined): PropertySchema {
  if (key === '$createdAt' || key === '$updatedAt') return { type: 'string', format: 'date-time' };
  if (key === '$team') return { type: 'array', items: { type: 'string', format: 'team' } };
  const known = blueprint === undefined ? undefined : propertiesOf(blueprint).find((one) => one.key === key);
  return known?.schema ?? { type: 'string' };
}

/** Every property of a blueprint, mirrors in the way of what they show. */
export function shownProperties(blueprint: Blueprint, blueprints: readonly Blueprint[]): readonly PropertyColumn[] {
  return propertiesOf(blueprint).map((one) => {
    const mirror = blueprint.mirrorProperties?.[one.key];
    return mirror === undefined ? one : { ...one, schema: schemaAt(mirror.path, blueprint.relations, blueprints) };
  });
}
