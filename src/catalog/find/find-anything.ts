import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { BlueprintDocument } from '../blueprint-document.ts';
import type { Blueprints } from '../blueprint-queries.ts';
import { toWireEntity } from '../entity-queries.ts';
import { wordsAsked } from './cut-words.ts';
import { findEntities } from './find-entities.ts';
import { findAmong, type FindSource, type Hit } from './find-source.ts';
import { matchesIn } from './match-view.ts';

export interface FindParts {
  readonly db: Db;
  readonly blueprints: Blueprints;
  /** What other modules have to be found. */
  readonly sources: readonly FindSource[];
}

export interface Wanted {
  readonly text: string;
  readonly limit: number;
}

/** Whatever the actor may see that has all the words, the closest first. */
export async function findAnything(
  { db, blueprints, sources }: FindParts,
  actor: Actor,
  { text, limit }: Wanted,
): Promise<readonly Hit[]> {
  if (wordsAsked(text).length === 0) return [];
  const all = (await blueprints.all(db, actor.orgId)).map(({ document }) => document);
  const others = await Promise.all(
    sources.map(async (source) => findAmong(source.kind, await source.all(db, actor), text)),
  );
  const hits = [...others.flat(), ...findAmong('blueprint', all.map(asFindable), text)];
  const entities = await entityHits({ db, actor, all }, { text, limit });
  return [...hits, ...entities].toSorted((left, right) => right.score - left.score).slice(0, limit);
}

async function entityHits(
  scope: { readonly db: Db; readonly actor: Actor; readonly all: readonly BlueprintDocument[] },
  { text, limit }: Wanted,
): Promise<readonly Hit[]> {
  const searched = new Map(
    scope.all
      .filter((blueprint) => blueprint.includeInGlobalSearch !== false)
      .map((blueprint) => [blueprint.identifier, blueprint]),
  );
  const found = await findEntities(scope.db, scope.actor, { text, blueprints: [...searched.keys()], limit });
  return found.flatMap((row): Hit[] => {
    const blueprint = searched.get(row.blueprint);
    if (blueprint === undefined) return [];
    const properties = toWireEntity(row, blueprint)['properties'] as Readonly<Record<string, unknown>>;
    const fields = { $title: row.title, $identifier: row.identifier, $team: row.team, ...properties };
    return [
      {
        kind: 'entity',
        identifier: row.identifier,
        blueprint: row.blueprint,
        title: row.title,
        icon: row.icon ?? blueprint.icon ?? null,
        score: row.score,
        matches: matchesIn(fields, wordsAsked(text)),
      },
    ];
  });
}

function asFindable({ identifier, title, icon, description }: BlueprintDocument) {
  return { identifier, blueprint: null, title, icon: icon ?? null, description: description ?? null };
}
