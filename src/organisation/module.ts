import { organisationBody } from '#access/contract.ts';
import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { ok, route } from '#platform/http/route.ts';
import type { Module } from '#platform/module.ts';
import { organisationById, toWireOrganisation, updateOrganisation } from './organisation-store.ts';
import { secretRoutes } from './secret-routes.ts';

const tag = 'Organisation';

export function organisationModule(core: Core, secrets: SecretBox): Module {
  return {
    name: 'organisation',
    routes: [
      ...secretRoutes(core.db, secrets),
      route({
        method: 'GET',
        path: '/v1/organization',
        summary: 'Get the organisation',
        tag,
        access: 'known',
        handle: async ({ actor }) =>
          ok({ organization: toWireOrganisation(await organisationById(core.db, actor.orgId)) }),
      }),
      ...(['PUT', 'PATCH'] as const).map((method) =>
        route({
          method,
          path: '/v1/organization',
          summary: 'Change the organisation',
          tag,
          access: 'known',
          request: { body: organisationBody },
          // Port's clients expect `ok` alone.
          handle: async ({ body, execute }) => {
            await execute(updateOrganisation, body);
            return ok({});
          },
        }),
      ),
    ],
  };
}
