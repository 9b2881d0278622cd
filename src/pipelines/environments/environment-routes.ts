import type { Db } from '#platform/db/handles.ts';
import { created, etag, ok, route, type Route } from '#platform/http/route.ts';
import { anyPipelineBody, applicationParams, constraintParams, versionBody } from '../contract.ts';
import { getApplication } from '../pipeline-queries.ts';
import { authorizeSaving } from '../access-queries.ts';
import { findConfig, getConfig } from './config-queries.ts';
import { checkConfig, checkedConfig } from './check-config.ts';
import { toWireConfig } from './delivery-config.ts';
import { describeEnvironments } from './environments-view.ts';
import { askAgain } from './judge-constraint.ts';
import { reportVersion } from './report-version.ts';
import { deleteConfig, submitConfig } from './submit-config.ts';

const tag = 'Environments';

/** Our own routes about delivery configs; Spinnaker's are in `gate-managed-routes.ts`. */
export function environmentRoutes(db: Db): readonly Route[] {
  return [...configRoutes(db), ...versionRoutes(db)];
}

function configRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/applications/:application/delivery-config',
      summary: 'The delivery config of an application',
      tag,
      access: 'known',
      request: { params: applicationParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const row = await getConfig(db, actor, params.application);
        return ok({ deliveryConfig: toWireConfig(row) }, etag(row.version));
      },
    }),
    route({
      method: 'PUT',
      path: '/api/v1/applications/:application/delivery-config',
      summary: 'Store the delivery config of an application',
      tag,
      access: 'known',
      request: { params: applicationParams, body: anyPipelineBody },
      statuses: [404, 409, 412, 422],
      handle: async ({ actor, params, body, expectedVersion, execute }) => {
        await authorizeSaving(db, actor, params);
        const { name: application } = await getApplication(db, actor, params.application);
        const document = await checkedConfig(db, actor.orgId, { ...body, application });
        const row = await execute(submitConfig, { document, expectedVersion });
        return ok({ deliveryConfig: toWireConfig(row) }, etag(row.version));
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/applications/:application/delivery-config',
      summary: 'Delete the delivery config of an application, with what is known of its versions',
      tag,
      access: 'known',
      request: { params: applicationParams },
      statuses: [404, 412],
      handle: async ({ params, expectedVersion, execute }) => {
        await execute(deleteConfig, { application: params.application, expectedVersion });
        return ok({});
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/applications/:application/delivery-config/validate',
      summary: 'Everything that is wrong with a delivery config, by field; nothing is stored',
      tag,
      access: 'known',
      request: { params: applicationParams, body: anyPipelineBody },
      handle: async ({ actor, params, body }) => {
        await authorizeSaving(db, actor, params);
        const read = await checkConfig(db, actor.orgId, { ...body, application: params.application });
        return ok({ problems: 'problems' in read ? read.problems : [] });
      },
    }),
  ];
}

function versionRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/applications/:application/environments',
      summary: 'Environments of an application, with the latest versions and where they stand',
      tag,
      access: 'known',
      request: { params: applicationParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        await getApplication(db, actor, params.application);
        const config = await findConfig(db, actor, params.application);
        return ok({ environments: config === null ? [] : await describeEnvironments(db, actor, config) });
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/applications/:application/versions',
      summary: 'Report a version of an artifact; it goes as far as its constraints allow',
      tag,
      access: 'known',
      request: { params: applicationParams, body: versionBody },
      statuses: [201, 404, 422],
      handle: async ({ actor, params, body, execute }) => {
        const { artifact, version, details = {} } = body;
        const { config, isNew } = await execute(reportVersion, { ...params, artifact, version, details });
        const environments = await describeEnvironments(db, actor, config);
        return isNew ? created({ environments }) : ok({ environments });
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/applications/:application/constraints/:constraint/ask-again',
      summary: 'Ask once more about a version that was rejected or judged by nobody',
      tag,
      access: 'known',
      request: { params: constraintParams },
      statuses: [404, 409],
      handle: async ({ actor, params, execute }) => {
        await execute(askAgain, { application: params.application, id: params.constraint });
        const config = await getConfig(db, actor, params.application);
        return ok({ environments: await describeEnvironments(db, actor, config) });
      },
    }),
  ];
}
