import { isJsonObject } from '#platform/json.ts';

/** A property, mirror or relation of a blueprint that has another key now. */
export interface RenamedKey {
  readonly blueprint: string;
  readonly from: string;
  readonly to: string;
}

/**
 * A query over the renamed key's blueprint, or a list of its rules, with the new key. What it says about entities of
 * other blueprints, at the end of a path, stays.
 */
export function renameInRules(node: unknown, key: RenamedKey): unknown {
  if (Array.isArray(node)) return node.map((rule: unknown) => renameInRules(rule, key));
  if (!isJsonObject(node)) return node;
  const { property, relation, rules } = node;
  return {
    ...node,
    ...(Array.isArray(rules) ? { rules: renameInRules(rules, key) } : {}),
    ...(property === undefined ? {} : { property: renamedProperty(property, key) }),
    ...(relation === undefined ? {} : { relation: renamedName(relation, key) }),
  };
}

export function renamedName(name: unknown, { from, to }: RenamedKey): unknown {
  return name === from ? to : name;
}

/** A path begins at the blueprint that is searched, unless it says another. */
function renamedProperty(property: unknown, key: RenamedKey): unknown {
  if (!isJsonObject(property)) return renamedName(property, key);
  const { path, fromBlueprint } = property;
  const begins = fromBlueprint === undefined || fromBlueprint === key.blueprint;
  if (!Array.isArray(path) || !begins) return property;
  const [first, ...rest] = path as unknown[];
  return { ...property, path: [renamedStep(first, key), ...rest] };
}

function renamedStep(step: unknown, key: RenamedKey): unknown {
  return isJsonObject(step) ? { ...step, relation: renamedName(step['relation'], key) } : renamedName(step, key);
}

/** The key that an event tells of; null for other events. */
export function renamedKeyOf(event: {
  readonly context: { readonly blueprint?: string | undefined; readonly renamedKey?: unknown };
}): RenamedKey | null {
  const { blueprint, renamedKey } = event.context;
  if (blueprint === undefined || !isJsonObject(renamedKey)) return null;
  const { from, to } = renamedKey;
  return typeof from === 'string' && typeof to === 'string' ? { blueprint, from, to } : null;
}
