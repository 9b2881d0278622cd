import type { Db } from '#platform/db/handles.ts';
import { created, etag, ok, route, type Route } from '#platform/http/route.ts';
import { authorizeSaving } from './access-queries.ts';
import type { PipelineProblem } from './check-pipeline.ts';
import { checkedDocument, type PipelineRouteParts, problemsIn } from './check-document.ts';
import {
  anyPipelineBody,
  applicationBody,
  applicationListQuery,
  applicationChange,
  applicationParams,
  pipelineBody,
  pipelineListQuery,
  pipelineParams,
  revisionParams,
} from './contract.ts';
import { readDocument } from './document-rules.ts';
import { importPipeline } from './import-pipeline.ts';
import { toWireApplication, toWirePipeline } from './pipeline.ts';
import { madeDocument } from './templates/build-pipeline.ts';
import {
  applicationsOf,
  getApplication,
  getPipeline,
  getRevision,
  pipelinesOf,
  revisionsOf,
  toWireRevision,
} from './pipeline-queries.ts';
import { createApplication, deleteApplication, updateApplication } from './save-application.ts';
import { deletePipeline, savePipeline } from './save-pipeline.ts';
import { Value } from 'typebox/value';

const revisionsShown = 100;
const pageSize = 100;

export function pipelineRoutes(parts: PipelineRouteParts): readonly Route[] {
  return [...applicationRoutes(parts.db), ...readRoutes(parts.db), ...writeRoutes(parts), ...draftRoutes(parts)];
}

function applicationRoutes(db: Db): readonly Route[] {
  const tag = 'Applications';
  return [
    route({
      method: 'GET',
      path: '/api/v1/applications',
      summary: 'List applications with how many pipelines they have',
      tag,
      access: 'known',
      request: { query: applicationListQuery },
      handle: async ({ actor, query: { limit = pageSize, ...page } }) => {
        const rows = await applicationsOf(db, actor, { ...page, limit: limit + 1 });
        const applications = rows
          .slice(0, limit)
          .map((row) => ({ ...toWireApplication(row), pipelines: row.pipelines, writable: row.writable }));
        return ok({ applications, next: rows.length > limit ? (rows[limit - 1]?.name ?? null) : null });
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/applications',
      summary: 'Create an application',
      tag,
      access: 'known',
      request: { body: applicationBody },
      statuses: [201, 409],
      handle: async ({ body: { name, ...document }, execute }) => {
        const row = await execute(createApplication, { name, document });
        return created({ application: toWireApplication(row) }, etag(row.version));
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/applications/:application',
      summary: 'Get an application',
      tag,
      access: 'known',
      request: { params: applicationParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const row = await getApplication(db, actor, params.application);
        return ok({ application: { ...toWireApplication(row), writable: row.writable } }, etag(row.version));
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/v1/applications/:application',
      summary: 'Change an application',
      tag,
      access: 'known',
      request: { params: applicationParams, body: applicationChange },
      statuses: [404, 412],
      handle: async ({ params, body, expectedVersion, execute }) => {
        const row = await execute(updateApplication, { name: params.application, document: body, expectedVersion });
        return ok({ application: toWireApplication(row) }, etag(row.version));
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/applications/:application',
      summary: 'Delete an application without pipelines',
      tag,
      access: 'known',
      request: { params: applicationParams },
      statuses: [404, 409, 412],
      handle: async ({ params, expectedVersion, execute }) => {
        await execute(deleteApplication, { name: params.application, expectedVersion });
        return ok({});
      },
    }),
  ];
}

const tag = 'Pipelines';

function readRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/pipelines',
      summary: 'List pipelines',
      tag,
      access: 'known',
      request: { query: pipelineListQuery },
      handle: async ({ actor, query: { limit = pageSize, ...page } }) => {
        const rows = await pipelinesOf(db, actor, { ...page, limit: limit + 1 });
        const next = rows.length > limit ? (rows[limit - 1]?.id ?? null) : null;
        return ok({ pipelines: rows.slice(0, limit).map(toWirePipeline), next });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/pipelines/:pipeline',
      summary: 'Get a pipeline',
      tag,
      access: 'known',
      request: { params: pipelineParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const row = await getPipeline(db, actor, params.pipeline);
        return ok({ pipeline: toWirePipeline(row) }, etag(row.version));
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/pipelines/:pipeline/revisions',
      summary: 'What a pipeline was, newest first',
      tag,
      access: 'known',
      request: { params: pipelineParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const row = await getPipeline(db, actor, params.pipeline);
        return ok({ revisions: (await revisionsOf(db, row, revisionsShown)).map(toWireRevision) });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/pipelines/:pipeline/revisions/:revision',
      summary: 'One revision of a pipeline',
      tag,
      access: 'known',
      request: { params: revisionParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const row = await getPipeline(db, actor, params.pipeline);
        return ok({ revision: toWireRevision(await getRevision(db, row, params.revision)) });
      },
    }),
  ];
}

function writeRoutes(parts: PipelineRouteParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/pipelines',
      summary: 'Create a pipeline, and its application when it is new',
      tag,
      access: 'known',
      request: { body: pipelineBody },
      statuses: [201, 409, 422],
      handle: async ({ actor, body, execute }) => {
        await authorizeSaving(parts.db, actor, body);
        const document = await checkedDocument(parts, actor.orgId, await madeDocument(parts, actor.orgId, body));
        const row = await execute(savePipeline, { document, ...anew, wantedId: body.id ?? null });
        return created({ pipeline: toWirePipeline(row) }, etag(row.version));
      },
    }),
    route({
      method: 'PUT',
      path: '/api/v1/pipelines/:pipeline',
      summary: 'Save a pipeline as a new revision; also how an earlier one is restored',
      tag,
      access: 'known',
      request: { params: pipelineParams, body: pipelineBody },
      statuses: [404, 409, 412, 422],
      handle: async ({ actor, params, body, expectedVersion, execute }) => {
        await authorizeSaving(parts.db, actor, body);
        const document = await checkedDocument(parts, actor.orgId, await madeDocument(parts, actor.orgId, body));
        const row = await execute(savePipeline, { document, ...anew, id: params.pipeline, expectedVersion });
        return ok({ pipeline: toWirePipeline(row) }, etag(row.version));
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/pipelines/:pipeline',
      summary: 'Delete a pipeline; its executions stay',
      tag,
      access: 'known',
      request: { params: pipelineParams },
      statuses: [404, 412],
      handle: async ({ params, expectedVersion, execute }) => {
        await execute(deletePipeline, { id: params.pipeline, expectedVersion });
        return ok({});
      },
    }),
  ];
}

const anew = { id: null, wantedId: null, overName: false, expectedVersion: null, expectedUpdate: null } as const;

/** For editors: nothing is stored. */
function draftRoutes({ db, jq, kinds }: PipelineRouteParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/pipelines/validate',
      summary: 'Everything that is wrong with a pipeline, by field',
      tag,
      access: 'known',
      request: { body: anyPipelineBody },
      handle: async ({ actor, body }) => {
        await authorizeSaving(db, actor, body);
        return ok({ problems: await problemsOf(actor.orgId, body, { db, jq, kinds }) });
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/pipelines/import',
      summary: 'A Spinnaker pipeline with its expressions translated, and what could not be',
      tag,
      access: 'known',
      request: { body: pipelineBody },
      statuses: [422],
      handle: async ({ actor, body }) => {
        await authorizeSaving(db, actor, body);
        const { document, notes } = importPipeline(readDocument(body), new Set(kinds.keys()));
        const problems = await problemsIn({ db, jq, kinds }, actor.orgId, document);
        return ok({ pipeline: document, notes, problems });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/stage-types',
      summary: 'Types of stages that can be performed',
      tag,
      access: 'known',
      handle: async () => ok({ stageTypes: [...kinds.keys()] }),
    }),
  ];
}

async function problemsOf(orgId: string, body: object, parts: PipelineRouteParts): Promise<readonly PipelineProblem[]> {
  if (!Value.Check(pipelineBody, body)) {
    return [{ path: '', refId: null, message: 'It is no pipeline: application, name and stages are needed.' }];
  }
  try {
    return await problemsIn(parts, orgId, await madeDocument(parts, orgId, body));
  } catch (error) {
    const told = error as { readonly details?: { readonly field?: string }; readonly message: string };
    if (told.details?.field === undefined) throw error;
    return [{ path: told.details.field, refId: null, message: told.message }];
  }
}
