import { Type } from 'typebox';
import { isJsonObject } from '#platform/json.ts';
import { route, type Route } from '#platform/http/route.ts';
import { notFound, problem } from '#platform/problem.ts';
import { authorizeSaving } from './access-queries.ts';
import { anyPipelineBody, applicationParams, pipelineBody } from './contract.ts';
import { plain } from './gate-view.ts';
import { importPipeline } from './import-pipeline.ts';
import { type ApplicationRow, toGatePipeline } from './pipeline.ts';
import { checkedDocument, type PipelineRouteParts } from './check-document.ts';
import {
  applicationsOf,
  findPipeline,
  findPipelineIn,
  getApplication,
  getPipeline,
  pipelinesOf,
  revisionsOf,
} from './pipeline-queries.ts';
import { madeDocument } from './templates/build-pipeline.ts';
import { deletePipeline, orderPipelines, savePipeline } from './save-pipeline.ts';

const tag = 'Gate';
const namedParams = Type.Object({ application: Type.String(), name: Type.String() });
const idParams = Type.Object({ id: Type.String() });

/** Gate's clients take everything at once; nobody gets more than so many, and the rest by pages from 1 on. */
const mostListed = 1_000;
const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
};

function pageOf(limit = mostListed, page = 1): { readonly limit: number; readonly offset: number } {
  const size = Math.min(limit, mostListed);
  return { limit: size, offset: (page - 1) * size };
}

/** The part of Gate's API about what is written down: applications and pipelines. */
export function gateRoutes(parts: PipelineRouteParts): readonly Route[] {
  return [...applicationRoutes(parts), ...readRoutes(parts), ...saveRoutes(parts), ...changeRoutes(parts)];
}

function applicationView(row: ApplicationRow): Record<string, unknown> {
  return {
    name: row.name,
    attributes: {
      ...row.document,
      name: row.name,
      createTs: String(row.created_at.getTime()),
      updateTs: String(row.updated_at.getTime()),
      lastModifiedBy: row.updated_by,
    },
    clusters: {},
  };
}

function applicationRoutes({ db }: PipelineRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/gate/applications',
      summary: 'List applications',
      tag,
      access: 'known',
      request: { query: Type.Object(pageQuery) },
      handle: async ({ actor, query }) => {
        const rows = await applicationsOf(db, actor, pageOf(query.limit, query.page));
        return plain(rows.map((row) => applicationView(row)['attributes'] as object));
      },
    }),
    route({
      method: 'GET',
      path: '/gate/applications/:application',
      summary: 'Get an application',
      tag,
      access: 'known',
      request: { params: applicationParams },
      statuses: [404],
      handle: async ({ actor, params }) => plain(applicationView(await getApplication(db, actor, params.application))),
    }),
    route({
      method: 'GET',
      path: '/gate/applications/:application/pipelineConfigs',
      summary: 'List pipelines of an application',
      tag,
      access: 'known',
      request: {
        params: applicationParams,
        query: Type.Object({
          pipelineNameFilter: Type.Optional(Type.String()),
          pipelineLimit: Type.Optional(Type.Integer({ minimum: 1 })),
          page: pageQuery.page,
        }),
      },
      handle: async ({ actor, params, query }) => {
        const rows = await pipelinesOf(db, actor, {
          application: params.application,
          name: query.pipelineNameFilter,
          ...pageOf(query.pipelineLimit, query.page),
        });
        return plain(rows.map(toGatePipeline));
      },
    }),
    route({
      method: 'GET',
      path: '/gate/applications/:application/pipelineConfigs/:name',
      summary: 'Get a pipeline by its name',
      tag,
      access: 'known',
      request: { params: namedParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const row = await findPipelineIn(db, actor, params.application, params.name);
        if (row === null) throw notFound('pipeline', params.name, { application: params.application });
        return plain(toGatePipeline(row));
      },
    }),
  ];
}

function readRoutes({ db }: PipelineRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/gate/pipelineConfigs',
      summary: 'List all pipelines',
      tag,
      access: 'known',
      request: { query: Type.Object(pageQuery) },
      handle: async ({ actor, query }) =>
        plain((await pipelinesOf(db, actor, pageOf(query.limit, query.page))).map(toGatePipeline)),
    }),
    route({
      method: 'GET',
      path: '/gate/pipelineConfigs/:id/history',
      summary: 'Revisions of a pipeline, newest first',
      tag,
      access: 'known',
      request: {
        params: idParams,
        query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) }),
      },
      statuses: [404],
      handle: async ({ actor, params, query }) => {
        const row = await getPipeline(db, actor, params.id);
        const revisions = await revisionsOf(db, row, query.limit ?? 20);
        return plain(
          revisions.map((revision) => ({
            ...toGatePipeline({ ...row, document: revision.document, name: revision.document.name }),
            lastModifiedBy: revision.saved_by,
            updateTs: String(revision.saved_at.getTime()),
          })),
        );
      },
    }),
  ];
}

const saveQuery = Type.Object({ staleCheck: Type.Optional(Type.Boolean()) });

function saveRoutes(parts: PipelineRouteParts): readonly Route[] {
  /** Expressions of Spinnaker are translated while they are saved; see the importer for what that leaves. */
  async function documentFrom(orgId: string, body: Parameters<typeof madeDocument>[2]) {
    const made = await madeDocument(parts, orgId, body);
    return checkedDocument(parts, orgId, importPipeline(made, new Set(parts.kinds.keys())).document);
  }
  return [
    route({
      method: 'POST',
      path: '/gate/pipelines',
      summary: 'Save a pipeline by its id or name; its application is made when it is new',
      tag,
      access: 'known',
      request: { query: saveQuery, body: pipelineBody },
      statuses: [409, 412, 422],
      handle: async ({ actor, body, query, execute }) => {
        await authorizeSaving(parts.db, actor, body);
        const document = await documentFrom(actor.orgId, body);
        const known = body.id === undefined || body.id === '' ? null : await findPipeline(parts.db, actor, body.id);
        await execute(savePipeline, {
          document,
          id: known?.id ?? null,
          wantedId: body.id ?? null,
          overName: true,
          expectedVersion: null,
          expectedUpdate: query.staleCheck === true ? updateTime(body.updateTs) : null,
        });
        return plain({});
      },
    }),
    route({
      method: 'PUT',
      path: '/gate/pipelines/:id',
      summary: 'Save a pipeline by its id',
      tag,
      access: 'known',
      request: { params: idParams, query: saveQuery, body: pipelineBody },
      statuses: [404, 409, 412, 422],
      handle: async ({ actor, body, params, query, execute }) => {
        await authorizeSaving(parts.db, actor, body);
        const row = await execute(savePipeline, {
          document: await documentFrom(actor.orgId, body),
          id: params.id,
          wantedId: null,
          overName: false,
          expectedVersion: null,
          expectedUpdate: query.staleCheck === true ? updateTime(body.updateTs) : null,
        });
        return plain(toGatePipeline(row));
      },
    }),
  ];
}

function changeRoutes({ db }: PipelineRouteParts): readonly Route[] {
  return [
    route({
      method: 'DELETE',
      path: '/gate/pipelines/:application/:name',
      summary: 'Delete a pipeline by its name; one that is gone is no error',
      tag,
      access: 'known',
      request: { params: namedParams },
      handle: async ({ actor, params, execute }) => {
        await authorizeSaving(db, actor, params);
        const row = await findPipelineIn(db, actor, params.application, params.name);
        if (row !== null) await execute(deletePipeline, { id: row.id, expectedVersion: null });
        return plain({});
      },
    }),
    route({
      method: 'POST',
      path: '/gate/pipelines/move',
      summary: 'Rename a pipeline',
      tag,
      access: 'known',
      request: {
        body: Type.Object({
          application: Type.String(),
          from: Type.String(),
          to: Type.String({ minLength: 1, maxLength: 200 }),
        }),
      },
      statuses: [404, 409],
      handle: async ({ actor, body, execute }) => {
        await authorizeSaving(db, actor, body);
        const row = await findPipelineIn(db, actor, body.application, body.from);
        if (row === null) throw notFound('pipeline', body.from, { application: body.application });
        const document = { ...row.document, name: body.to.trim() };
        if (document.name === '') throw problem('invalid', 'invalid_request', 'to must not be blank.', { field: 'to' });
        await execute(savePipeline, {
          document,
          id: row.id,
          wantedId: null,
          overName: false,
          expectedVersion: row.version,
          expectedUpdate: null,
        });
        return plain({});
      },
    }),
    route({
      method: 'POST',
      path: '/gate/actions/pipelines/reorder',
      summary: 'Put pipelines of an application in another order',
      tag,
      access: 'known',
      request: { body: anyPipelineBody },
      statuses: [404],
      handle: async ({ body, execute }) => {
        const given: unknown = (body as Readonly<Record<string, unknown>>)['idsToIndices'];
        const positions = Object.entries(isJsonObject(given) ? given : {}).flatMap(([id, at]) =>
          Number.isInteger(at) ? [[id, Number(at)] as const] : [],
        );
        await execute(orderPipelines, { positions: Object.fromEntries(positions) });
        return plain({});
      },
    }),
  ];
}

/** Clients send it as a text or as a number. */
function updateTime(given: unknown): string {
  return typeof given === 'string' || typeof given === 'number' ? String(given) : '';
}
