import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import type { GitHubOf } from './github-backend.ts';

const name = Type.String({ minLength: 1, maxLength: 200, pattern: '^[\\w.-]+$' });

/** For whoever writes an action: what the workflow it starts asks for. */
export function workflowRoutes(clientOf: GitHubOf): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/github/workflow-inputs',
      summary: 'The inputs that a GitHub workflow declares, as far as GitHub lets them be read',
      tag: 'Actions',
      access: 'known',
      request: {
        query: Type.Object({
          org: name,
          repo: name,
          workflow: name,
          ref: Type.Optional(Type.String({ minLength: 1, maxLength: 250 })),
        }),
      },
      statuses: [403, 422],
      handle: async ({ actor, query }) => {
        authorize(actor, 'action.write');
        const client = await clientOf(actor.orgId);
        if (client === null) return ok({ known: false, inputs: [], reason: 'GitHub is not connected.' });
        const result = await client.readWorkflowInputs(query);
        if (!result.ok) return ok({ known: false, inputs: [], reason: result.failure.message });
        if (result.value === null) {
          return ok({ known: false, inputs: [], reason: `${query.workflow} has no workflow_dispatch.` });
        }
        return ok({ known: true, inputs: result.value, reason: null });
      },
    }),
  ];
}
