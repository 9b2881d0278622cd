import { isPlain } from '../../actions/editor/paths.ts';
import type { Action, Blueprint, Scorecard } from '../../api/wire.ts';
import type { FieldRef } from './blueprint-edits.ts';

/** Something that names a field and goes on naming it as before when the field is called something else. */
export interface KeyUse {
  readonly kind: 'blueprint' | 'scorecard' | 'action';
  readonly identifier: string;
  readonly title: string;
  /** Which part of it; of blueprints the field, as the builder's address names it. */
  readonly part?: string;
}

interface Known {
  readonly blueprints: readonly Blueprint[];
  readonly scorecards: readonly Scorecard[];
  readonly actions: readonly Action[];
}

/** What people wrote for people. */
const spoken: ReadonlySet<string> = new Set(['title', 'description', 'identifier', 'icon']);

/** Whether a definition names the key: as a value, as a key of what is written, or as a step of a path. */
export function mentions(value: unknown, key: string): boolean {
  if (typeof value === 'string') {
    const plain = key.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    return value === key || new RegExp(String.raw`(?:\.|\[")${plain}(?![\w-])`).test(value);
  }
  if (Array.isArray(value)) return value.some((one) => mentions(one, key));
  if (!isPlain(value)) return false;
  return Object.entries(value).some(([name, one]) => name === key || (!spoken.has(name) && mentions(one, key)));
}

/** Whether a dotted path of a blueprint goes through the field of another. */
function leadsOver(path: string, from: Blueprint, of: string, { key, blueprints }: { key: string } & Known): boolean {
  let at: Blueprint | undefined = from;
  for (const step of path.split('.')) {
    if (at === undefined) return false;
    if (at.identifier === of && step === key) return true;
    const target: string | undefined = at.relations[step]?.target;
    at = blueprints.find((one) => one.identifier === target);
  }
  return false;
}

/** Everything that names a field of a blueprint. */
export function usesOf(blueprint: string, { key }: FieldRef, known: Known): readonly KeyUse[] {
  const ofBlueprints = known.blueprints.flatMap((one): readonly KeyUse[] => {
    const isOwn = one.identifier === blueprint;
    const mirrors = Object.entries(one.mirrorProperties ?? {})
      .filter(([, { path }]) => leadsOver(path, one, blueprint, { key, ...known }))
      .map(([name, { title }]) => ({ name: `mirror.${name}`, title: title ?? name }));
    const calculations = Object.entries(isOwn ? (one.calculationProperties ?? {}) : {})
      .filter(([, { calculation }]) => mentions(calculation, key))
      .map(([name, { title }]) => ({ name: `calculation.${name}`, title: title ?? name }));
    const aggregations = Object.entries(one.aggregationProperties ?? {})
      .filter(
        ([, aggregation]) =>
          (isOwn || (aggregation as { readonly target?: string }).target === blueprint) && mentions(aggregation, key),
      )
      .map(([name, { title }]) => ({ name: `aggregation.${name}`, title: title ?? name }));
    return [...mirrors, ...calculations, ...aggregations].map((field) => ({
      kind: 'blueprint',
      identifier: one.identifier,
      title: `${one.title} · ${field.title}`,
      part: field.name,
    }));
  });
  const scorecards = known.scorecards
    .filter((one) => one.blueprint === blueprint && mentions(one, key))
    .map((one): KeyUse => ({ kind: 'scorecard', identifier: one.identifier, title: one.title }));
  const actions = known.actions
    .filter((one) => mentions(one, blueprint) && mentions(one, key))
    .map((one): KeyUse => ({ kind: 'action', identifier: one.identifier, title: one.title ?? one.identifier }));
  return [...ofBlueprints, ...scorecards, ...actions];
}
