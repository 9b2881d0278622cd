import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { type BlueprintDocument, definitionOf } from './blueprint-document.ts';
import { dependentsOf, type Dependent } from './entity-store.ts';
import type { NamedEntity } from './contract.ts';
import { namesOf } from './related-queries.ts';
import { type Target, targetKey } from './relation-rules.ts';

/** Entities that a deletion would touch, the first of them by name. */
interface Touched {
  readonly blueprint: string;
  readonly count: number;
  readonly entities: readonly NamedEntity[];
}

/** What would go if an entity were deleted. */
export interface DeletionPreview {
  /** Those that require it, and those that require these, and so on. */
  readonly deleted: readonly Touched[];
  /** Those whose relation would become empty. */
  readonly released: readonly (Touched & { readonly relation: string })[];
  /** False when there is more than was looked at. */
  readonly complete: boolean;
}

const mostEntities = 5_000;
const mostNamed = 10;

/** Follows relations backwards as a deletion would, without locking anything: a moment later it may be otherwise. */
export async function describeDeletion(
  db: Db,
  actor: Actor,
  blueprints: ReadonlyMap<string, BlueprintDocument>,
  entity: Target,
): Promise<DeletionPreview> {
  const going = new Map([[targetKey(entity), entity]]);
  const optional: Dependent[] = [];
  let frontier: readonly Target[] = [entity];
  while (frontier.length > 0 && going.size <= mostEntities) {
    const sources = await dependentsOf(db, actor.orgId, frontier);
    const next: Target[] = [];
    for (const source of sources) {
      const { blueprint, identifier } = source;
      const definition = definitionOf(blueprints.get(blueprint)?.relations ?? {}, source.relation);
      if (definition?.required !== true) optional.push(source);
      else if (!going.has(targetKey(source))) {
        going.set(targetKey(source), { blueprint, identifier });
        next.push({ blueprint, identifier });
      }
    }
    frontier = next;
  }
  going.delete(targetKey(entity));
  const released = optional.filter(
    (source) => !going.has(targetKey(source)) && targetKey(source) !== targetKey(entity),
  );
  return {
    deleted: await touched(db, actor, [...going.values()]),
    released: await releasedBy(db, actor, released),
    complete: frontier.length === 0,
  };
}

export async function touched(db: Db, actor: Actor, targets: readonly Target[]): Promise<readonly Touched[]> {
  const groups = Map.groupBy(targets, ({ blueprint }) => blueprint);
  return Promise.all(
    [...groups].map(async ([blueprint, all]) => {
      const names = await namesOf(db, actor, all.slice(0, mostNamed));
      const entities = names.map(({ identifier, title, icon }) => ({ identifier, title, icon }));
      return { blueprint, count: all.length, entities };
    }),
  );
}

export async function releasedBy(
  db: Db,
  actor: Actor,
  sources: readonly Dependent[],
): Promise<DeletionPreview['released']> {
  const groups = Map.groupBy(sources, ({ relation }) => relation);
  const found = await Promise.all(
    [...groups].map(async ([relation, all]) => (await touched(db, actor, all)).map((one) => ({ ...one, relation }))),
  );
  return found.flat();
}
