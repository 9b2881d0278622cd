import { Readable } from 'node:stream';
import type { Actor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import type { Db } from '#platform/db/handles.ts';
import { etag, ok, type Reply, route, type Route } from '#platform/http/route.ts';
import { notFound } from '#platform/problem.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { BlueprintPath, EntityPath, ReadQuery } from './contract.ts';
import { type EntityRow, loadRelatedTitles, toWireEntity, type WireEntity } from './entity-queries.ts';
import { entitiesPath, entitiesTag as tag } from './entity-routes.ts';
import { countEntities, findEntity, listEntities, resolveIdentifier } from './list-entities.ts';
import { type ReadOptions, readOptions } from './read-options.ts';

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
        return listReply({ db, actor, document, options: readOptions(query) });
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
        const { document } = await blueprints.get(db, actor.orgId, params.blueprint);
        const row = await findByPath(db, actor, document, params.entity);
        const [entity] = await present({ db, actor, document, options: readOptions(query) }, [row]);
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

async function findByPath(db: Db, actor: Actor, { identifier }: BlueprintDocument, entity: string): Promise<EntityRow> {
  const found = await findEntity(db, actor, identifier, entity);
  if (found !== null) return found;
  const meant = await resolveIdentifier(db, actor.orgId, identifier, entity);
  const row = meant === entity ? null : await findEntity(db, actor, identifier, meant);
  if (row === null) throw notFound('entity', entity, { blueprint: identifier });
  return row;
}

interface Reading {
  readonly db: Db;
  readonly actor: Actor;
  readonly document: BlueprintDocument;
  readonly options: ReadOptions;
}

async function present(
  { db, actor, document, options }: Reading,
  rows: readonly EntityRow[],
): Promise<readonly WireEntity[]> {
  const titles = options.attachTitles === true ? await loadRelatedTitles(db, actor.orgId, rows) : undefined;
  return rows.map((row) => toWireEntity(row, document, options, titles));
}

/** There is no paging on this route: what is longer than a page is streamed page by page. */
async function listReply(reading: Reading): Promise<Reply> {
  const { db, actor, document } = reading;
  const page = { after: null, limit: pageSize };
  const first = await listEntities(db, actor, document.identifier, page);
  if (first.length < pageSize) return ok({ entities: await present(reading, first) });
  const text = async function* (): AsyncGenerator<string> {
    yield '{"ok":true,"entities":[';
    let rows = first;
    for (let start = true; rows.length > 0; start = false) {
      const shownRows = await present(reading, rows);
      yield `${start ? '' : ','}${shownRows.map((entity) => JSON.stringify(entity)).join(',')}`;
      const after = rows.at(-1)?.identifier ?? null;
      rows =
        rows.length < pageSize ? [] : await listEntities(db, actor, document.identifier, { after, limit: pageSize });
    }
    yield ']}';
  };
  return { status: 200, body: Readable.from(text()), headers: { 'content-type': 'application/json; charset=utf-8' } };
}
