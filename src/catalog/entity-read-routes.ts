import type { Actor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import type { Db } from '#platform/db/handles.ts';
import { etag, ok, route, type Route } from '#platform/http/route.ts';
import { notFound } from '#platform/problem.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { BlueprintPath, EntityPath, ReadQuery } from './contract.ts';
import type { EntityRow, WireEntity } from './entity-queries.ts';
import { entitiesPath, entitiesTag as tag } from './entity-routes.ts';
import { countEntities, findEntity, listEntities, resolveIdentifier } from './list-entities.ts';
import { pagedReply, type Presentation, presentEntities } from './present-entities.ts';
import { readOptions } from './read-options.ts';

const pageSize = 1000;

export function entityReadRoutes({ db }: Core, blueprints: Blueprints): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: entitiesPath,
      summary: 'List the entities of a blueprint',
      tag,
      access: 'known',
      request: { params: BlueprintPath, query: ReadQuery },
      async handle({ actor, params, query }) {
        const { document } = await blueprints.get(db, actor.orgId, params.blueprint);
        const options = readOptions(query);
        return pagedReply(entityPages({ db, actor, options, blueprints }, document));
      },
    }),
    route({
      method: 'GET',
      path: `${entitiesPath}/:entity`,
      summary: 'Read an entity',
      tag,
      access: 'known',
      request: { params: EntityPath, query: ReadQuery },
      async handle({ actor, params, query }) {
        const { row, document } = await findByPath({ db, blueprints }, actor, params);
        const options = readOptions(query);
        const [entity] = await presentEntities({ db, actor, options, blueprints }, [row], () => document);
        return ok({ entity }, etag(row.version));
      },
    }),
    route({
      method: 'GET',
      path: '/v1/blueprints/:blueprint/entities-count',
      summary: 'Count the entities of a blueprint',
      tag,
      access: 'known',
      request: { params: BlueprintPath },
      async handle({ actor, params }) {
        const { document } = await blueprints.get(db, actor.orgId, params.blueprint);
        return ok({ count: await countEntities(db, actor, document.identifier) });
      },
    }),
  ];
}

async function findByPath(
  parts: { readonly db: Db; readonly blueprints: Blueprints },
  actor: Actor,
  path: { readonly blueprint: string; readonly entity: string },
): Promise<{ readonly row: EntityRow; readonly document: BlueprintDocument }> {
  const { blueprint, row } = await findEntity(parts, actor, path.blueprint, path.entity);
  const { document } = blueprint;
  if (row !== null) return { row, document };
  const meant = await resolveIdentifier(parts.db, actor.orgId, path.blueprint, path.entity);
  const other = meant === path.entity ? null : (await findEntity(parts, actor, path.blueprint, meant)).row;
  if (other === null) throw notFound('entity', path.entity, { blueprint: path.blueprint });
  return { row: other, document };
}

async function* entityPages(
  presentation: Presentation,
  document: BlueprintDocument,
): AsyncGenerator<readonly WireEntity[]> {
  const { db, actor } = presentation;
  let rows: readonly EntityRow[] = [];
  do {
    const after = rows.at(-1)?.identifier ?? null;
    rows = await listEntities(db, actor, document.identifier, { after, limit: pageSize });
    yield presentEntities(presentation, rows, () => document);
  } while (rows.length === pageSize);
}
