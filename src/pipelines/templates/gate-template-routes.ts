import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import { route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import { Value } from 'typebox/value';
import { authorizeSaving } from '../access-queries.ts';
import { anyPipelineBody, pipelineBody } from '../contract.ts';
import { checkedDocument, type PipelineRouteParts } from '../check-document.ts';
import { plain } from '../gate-view.ts';
import { toGatePipeline } from '../pipeline.ts';
import { pipelinesMadeFrom } from '../pipeline-queries.ts';
import { madeDocument, remakeDependents } from './build-pipeline.ts';
import { deleteTemplate, saveTemplate } from './save-template.ts';
import { toGateTemplate } from './template.ts';
import { getTemplate, templatesOf } from './template-queries.ts';
import { readTag, readTemplate } from './template-rules.ts';

const tag = 'Gate';
const path = '/gate/v2/pipelineTemplates';
const idParams = Type.Object({ id: Type.String() });
const named = { tag: Type.Optional(Type.String({ maxLength: 100 })) };
const chosen = { ...named, digest: Type.Optional(Type.String({ maxLength: 100 })) };
const scoped = Type.Object({ scopes: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])) });
const accepted = 202;

/** Templates of pipelines, as `spin pipeline-template` uses them. */
export function gateTemplateRoutes(parts: PipelineRouteParts): readonly Route[] {
  return [...readRoutes(parts), ...saveRoutes(parts), planRoute(parts)];
}

/** Lists with commas, or as spin sends its own: `&[global team]`. */
function scopesOf(given: readonly string[]): readonly string[] {
  return given.flatMap((each) =>
    each
      .replace(/^&?\[(.*)\]$/, '$1')
      .split(/[\s,]+/)
      .filter((scope) => scope !== ''),
  );
}

function readRoutes({ db }: PipelineRouteParts): readonly Route[] {
  return [
    ...[
      { at: '/gate/pipelineTemplates', untagged: false },
      { at: path, untagged: false },
      { at: `${path}/versions`, untagged: true },
    ].map(({ at, untagged }) =>
      route({
        method: 'GET',
        path: at,
        summary: untagged ? 'Every content of every pipeline template' : 'Pipeline templates by what their tags name',
        tag,
        access: 'known',
        request: { query: scoped },
        handle: async ({ actor, query }) => {
          const scopes = scopesOf([query.scopes ?? []].flat());
          return plain((await templatesOf(db, actor, { scopes, untagged })).map(toGateTemplate));
        },
      }),
    ),
    route({
      method: 'GET',
      path: `${path}/:id`,
      summary: 'A pipeline template, by its tag or digest',
      tag,
      access: 'known',
      request: { params: idParams, query: Type.Object(chosen) },
      statuses: [404],
      handle: async ({ actor, params, query }) => {
        const digest = query.digest?.replace(/^sha256:/, '') ?? null;
        return plain(toGateTemplate(await getTemplate(db, actor, { id: params.id, tag: readTag(query.tag), digest })));
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:id/dependents`,
      summary: 'Pipelines that are made from a template',
      tag,
      access: 'known',
      request: { params: idParams },
      handle: async ({ actor, params }) => plain((await pipelinesMadeFrom(db, actor, params.id)).map(toGatePipeline)),
    }),
  ];
}

function saveRoutes(parts: PipelineRouteParts): readonly Route[] {
  const save = (at: string, isNew: boolean): Route =>
    route({
      method: 'POST',
      path: at,
      summary: isNew
        ? 'Save a new pipeline template'
        : 'Save a pipeline template anew, with every pipeline that is made from it',
      tag,
      access: 'known',
      request: {
        ...(isNew ? {} : { params: idParams }),
        query: Type.Object({ ...named, skipPlanDependents: Type.Optional(Type.Boolean()) }),
        body: anyPipelineBody,
      },
      statuses: [202, 404, 409, 412, 422],
      handle: async ({ actor, params, query, body, execute }) => {
        authorize(actor, 'pipeline.write');
        const { id } = params as { readonly id?: string };
        const template = readTemplate(id === undefined ? body : { ...body, id });
        const chosenTag = readTag(query.tag);
        const remade = await remakeDependents(parts, actor.orgId, { template, tag: chosenTag });
        await execute(saveTemplate, { document: template, tag: chosenTag, isNew, remade });
        // What waits for a task to end reads that it has.
        return plain({ id: template.id, tag: chosenTag, status: 'SUCCEEDED' }, accepted);
      },
    });
  return [
    save(`${path}/create`, true),
    save(`${path}/update/:id`, false),
    route({
      method: 'DELETE',
      path: `${path}/:id`,
      summary: 'Delete a pipeline template, or one of its tags',
      tag,
      access: 'known',
      request: { params: idParams, query: Type.Object(chosen) },
      statuses: [202, 404, 409],
      handle: async ({ params, query, execute }) => {
        const digest = query.digest?.replace(/^sha256:/, '') ?? null;
        const wanted = query.tag === undefined || query.tag === '' ? null : readTag(query.tag);
        await execute(deleteTemplate, { id: params.id, tag: wanted, digest });
        return plain({}, accepted);
      },
    }),
  ];
}

function planRoute(parts: PipelineRouteParts): Route {
  return route({
    method: 'POST',
    path: `${path}/plan`,
    summary: 'The pipeline that a template makes of a document; nothing is saved',
    tag,
    access: 'known',
    request: { body: anyPipelineBody },
    statuses: [422],
    handle: async ({ actor, body }) => {
      await authorizeSaving(parts.db, actor, body);
      if (!Value.Check(pipelineBody, body)) {
        throw problem('invalid', 'invalid_pipeline', 'It is no pipeline: application and name are needed.');
      }
      const document = await checkedDocument(parts, actor.orgId, await madeDocument(parts, actor.orgId, body));
      const { templatedFrom: _written, ...planned } = document;
      return plain(planned);
    },
  });
}
