import Type from 'typebox';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { notFound } from '#platform/problem.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { EntityPath } from './contract.ts';
import { findEntity } from './list-entities.ts';
import { describeDeletion } from './describe-deletion.ts';
import { relatedGroups } from './related-queries.ts';
import type { Target } from './relation-rules.ts';

const one = '/api/v1/blueprints/:blueprint/entities/:entity';
const tag = 'Entities';
const defaultLimit = 20;
const RelatedQuery = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) });

/** What hangs together with an entity, for those who look at it and for those who are about to delete it. */
export function relatedRoutes(core: Core, blueprints: Blueprints): readonly Route[] {
  const { db } = core;
  const target = async (
    actor: Actor,
    path: { readonly blueprint: string; readonly entity: string },
  ): Promise<Target> => {
    const { row } = await findEntity({ db, blueprints }, actor, path.blueprint, path.entity);
    if (row === null) throw notFound('entity', path.entity, { blueprint: path.blueprint });
    return { blueprint: path.blueprint, identifier: row.identifier };
  };
  return [
    route({
      method: 'GET',
      path: `${one}/related`,
      summary: 'What an entity is related to, one step in both directions, with counts',
      tag,
      access: 'known',
      request: { params: EntityPath, query: RelatedQuery },
      async handle({ actor, params, query }) {
        const entity = await target(actor, params);
        return ok({ related: await relatedGroups(db, actor, entity, query.limit ?? defaultLimit) });
      },
    }),
    route({
      method: 'GET',
      path: `${one}/deletion`,
      summary: 'What deleting an entity would delete and change beside it',
      tag,
      access: 'known',
      request: { params: EntityPath },
      async handle({ actor, params }) {
        const entity = await target(actor, params);
        const all = await blueprints.all(db, actor.orgId);
        const documents = new Map(all.map(({ document }) => [document.identifier, document]));
        return ok({ deletion: await describeDeletion(db, actor, documents, entity) });
      },
    }),
  ];
}
