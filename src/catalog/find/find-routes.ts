import Type from 'typebox';
import type { Actor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import type { BlueprintDocument } from '../blueprint-document.ts';
import type { Blueprints } from '../blueprint-queries.ts';
import { toWireEntity } from '../entity-queries.ts';
import { wordsAsked } from './cut-words.ts';
import { findEntities } from './find-entities.ts';
import { findAmong, type FindSource, type Hit } from './find-source.ts';
import { matchesIn } from './match-view.ts';

const defaultLimit = 20;
const query = Type.Object({
  q: Type.String({ maxLength: 200 }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
});

/** `sources` are what other modules have to be found. */
export function findRoutes(
  { db }: Core,
  { blueprints, sources }: { readonly blueprints: Blueprints; readonly sources: readonly FindSource[] },
): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/search',
      summary: 'Find entities, blueprints, actions and scorecards by words',
      tag: 'Search',
      access: 'known',
      request: { query },
      async handle({ actor, query: { q, limit = defaultLimit } }) {
        const words = wordsAsked(q);
        if (words.length === 0) return ok({ results: [] });
        const all = (await blueprints.all(db, actor.orgId)).map(({ document }) => document);
        const others = await Promise.all(
          sources.map(async (source) => findAmong(source.kind, await source.all(db, actor), q)),
        );
        const hits = [...others.flat(), ...findAmong('blueprint', all.map(asFindable), q)];
        const entities = await entityHits({ db, actor, all }, q, limit);
        const results = [...hits, ...entities].toSorted((left, right) => right.score - left.score).slice(0, limit);
        return ok({ results });
      },
    }),
  ];

  async function entityHits(
    scope: { readonly db: Core['db']; readonly actor: Actor; readonly all: readonly BlueprintDocument[] },
    q: string,
    limit: number,
  ): Promise<readonly Hit[]> {
    const searched = new Map(
      scope.all
        .filter((blueprint) => blueprint.includeInGlobalSearch !== false)
        .map((blueprint) => [blueprint.identifier, blueprint]),
    );
    const names = [...searched.keys()];
    const found = await findEntities(scope.db, scope.actor, { text: q, blueprints: names, limit });
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
          matches: matchesIn(fields, wordsAsked(q)),
        },
      ];
    });
  }
}

function asFindable({ identifier, title, icon, description }: BlueprintDocument) {
  return { identifier, blueprint: null, title, icon: icon ?? null, description: description ?? null };
}
