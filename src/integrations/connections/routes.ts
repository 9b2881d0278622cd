import { authorize } from '#access/permissions.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db } from '#platform/db/handles.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { connectionToTest, deleteConnection, listConnections, saveConnection } from './connection-store.ts';
import { connectionBody, connectionKindNames, type ConnectionKindName } from './contract.ts';
import { testConnection, type TestParts } from './test-connection.ts';

const tag = 'Organisation';
const path = '/api/v1/connections';
const names: Readonly<Record<ConnectionKindName, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  'azure-devops': 'Azure DevOps',
  kafka: 'Kafka',
};

export function connectionRoutes(db: Db, box: SecretBox, test: TestParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path,
      summary: 'List what the organisation is connected to, without secrets',
      tag,
      access: 'known',
      statuses: [403],
      handle: async ({ actor }) => {
        authorize(actor, 'organisation.manage');
        return ok({ connections: await listConnections(db, box, actor.orgId) });
      },
    }),
    ...connectionKindNames.flatMap((kind) => [...routesOf(box, kind), testRoute({ db, box, test }, kind)]),
  ];
}

function routesOf(box: SecretBox, kind: ConnectionKindName): readonly Route[] {
  return [
    route({
      method: 'PUT',
      path: `${path}/${kind}`,
      summary: `Connect the organisation to ${names[kind]}, or change how; secrets left out stay as they are`,
      tag,
      access: 'known',
      request: { body: connectionBody(kind) },
      statuses: [403, 412, 422],
      handle: async ({ body, execute, expectedVersion }) =>
        ok({ connection: await execute(saveConnection(box), { kind, ...body, expectedVersion }) }),
    }),
    route({
      method: 'DELETE',
      path: `${path}/${kind}`,
      summary: `End the organisation's connection to ${names[kind]}`,
      tag,
      access: 'known',
      statuses: [403, 404],
      handle: async ({ execute }) => {
        await execute(deleteConnection(box), { kind });
        return ok({});
      },
    }),
  ];
}

/** Before it is saved, so that nothing that works is replaced by something that does not. */
function testRoute(
  { db, box, test }: { readonly db: Db; readonly box: SecretBox; readonly test: TestParts },
  kind: ConnectionKindName,
): Route {
  return route({
    method: 'POST',
    path: `${path}/${kind}/test`,
    summary: `Ask ${names[kind]} who these credentials belong to, without saving them; secrets left out are those that are kept`,
    tag,
    access: 'known',
    request: { body: connectionBody(kind) },
    statuses: [403, 422],
    handle: async ({ actor, body }) => {
      authorize(actor, 'organisation.manage');
      const connection = await connectionToTest(db, box, actor.orgId, { kind, ...body });
      return ok({ test: await testConnection(test, { kind, ...connection }) });
    },
  });
}
