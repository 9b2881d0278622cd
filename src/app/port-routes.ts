/**
 * The routes of Port's public API with the statuses that Port's own description names for each, and the routes that
 * its clients call although they are not described. Facts about another program: nothing here is ours to choose.
 */
export interface PortRoute {
  readonly method: string;
  readonly path: string;
  readonly statuses: readonly number[];
  /** Whether Port's description has it; the others are known from the source of its clients. */
  readonly isDescribed: boolean;
}

const described = `
  GET /v1/blueprints/:blueprint/permissions 401 404
  PATCH /v1/blueprints/:blueprint/permissions 401 404 413 422
  GET /v1/pages/:page/permissions 401 404
  PATCH /v1/pages/:page/permissions 401 404 413 422
  POST /v1/auth/access_token 200 401 404 413 422
  POST /v1/blueprints/:blueprint/entities 201 401 404 413 422
  GET /v1/blueprints/:blueprint/entities 200 401 404
  POST /v1/blueprints/:blueprint/entities/bulk 200 207 401 404 413 422
  PATCH /v1/blueprints/:blueprint/entities/:entity 200 401 404 413 422
  PUT /v1/blueprints/:blueprint/entities/:entity 200 401 404 413 422
  GET /v1/blueprints/:blueprint/entities/:entity 200 401 404
  DELETE /v1/blueprints/:blueprint/entities/:entity 200 401 404 413 422
  GET /v1/blueprints/:blueprint/entities-count 200 401 404
  DELETE /v1/blueprints/:blueprint/all-entities 200 401 404 413 422
  POST /v1/blueprints/:blueprint/bulk/entities/delete 200 401 404 413 422
  POST /v1/entities/search 200 401 404 413 422
  POST /v1/blueprints/:blueprint/entities/search 200 401 404 413 422
  POST /v1/entities/aggregate 200 401 404 413 422
  POST /v1/entities/aggregate-over-time 200 401 404 413 422
  POST /v1/entities/properties-history 200 401 404 413 422
  GET /v1/blueprints 200 401 404
  POST /v1/blueprints 201 401 404 413 422
  GET /v1/blueprints/:blueprint 200 401 404
  PUT /v1/blueprints/:blueprint 200 401 404 413 422
  PATCH /v1/blueprints/:blueprint 200 401 404 413 422
  DELETE /v1/blueprints/:blueprint 200 401 404 413 422
  PATCH /v1/blueprints/:blueprint/properties/:property/rename 200 401 404 413 422
  PATCH /v1/blueprints/:blueprint/mirror/:property/rename 200 401 404 413 422
  PATCH /v1/blueprints/:blueprint/relations/:relation/rename 200 401 404 413 422
  POST /v1/actions 401 404 413 422
  GET /v1/actions 401 404
  PUT /v1/actions/:action 401 404 413 422
  GET /v1/actions/:action 401 404
  DELETE /v1/actions/:action 401 404 413 422
  POST /v1/blueprints/:blueprint/actions 401 404 413 422
  PUT /v1/blueprints/:blueprint/actions 401 404 413 422
  GET /v1/blueprints/:blueprint/actions 401 404
  PUT /v1/blueprints/:blueprint/actions/:action 401 404 413 422
  GET /v1/blueprints/:blueprint/actions/:action 401 404
  DELETE /v1/blueprints/:blueprint/actions/:action 401 404 413 422
  POST /v1/actions/:action/runs 202 401 404 413 422
  PATCH /v1/actions/runs/:run 200 401 404 413 422
  GET /v1/actions/runs/:run 200 401 404
  PATCH /v1/actions/runs/:run/approval 201 401 404 413 422
  GET /v1/actions/runs 200 401 404
  POST /v1/actions/runs/:run/logs 201 401 404 413 422
  GET /v1/actions/runs/:run/logs 200 401 404
  GET /v1/actions/runs/:run/approvers 200 401 404
  GET /v1/pages 401 404
  GET /v1/pages/:page 401 404
  DELETE /v1/pages/:page 200 401 404 413 422
  PATCH /v1/pages/:page/widgets/:widget 200 401 404 413 422
  DELETE /v1/pages/:page/widgets/:widget 200 401 404 413 422
  GET /v1/organization 401 404
  PUT /v1/organization 200 401 404 413 422
  PATCH /v1/organization 200 401 404 413 422
  GET /v1/organization/secrets 401 404
  POST /v1/organization/secrets 401 404 413 422
  GET /v1/organization/secrets/:secret 200 401 404
  PATCH /v1/organization/secrets/:secret 401 404 413 422
  DELETE /v1/organization/secrets/:secret 401 404 413 422
  GET /v1/integration/metadata 401 404
  GET /v1/integration 401 404
  GET /v1/integration/:integration 401 404
  PATCH /v1/integration/:integration 401 404 413 422
  DELETE /v1/integration/:integration 401 404 413 422
  GET /v1/integration/:integration/logs 401 404
  PATCH /v1/integration/:integration/config 401 404 413 422
  POST /v1/webhooks 401 404 413 422
  GET /v1/webhooks 401 404
  PATCH /v1/webhooks/:webhook 401 404 413 422
  PUT /v1/webhooks/:webhook 401 404 413 422
  GET /v1/webhooks/:webhook 401 404
  DELETE /v1/webhooks/:webhook 401 404 413 422
  GET /v1/webhooks/metadata 401 404
  GET /v1/memory 200 401
  DELETE /v1/memory 200 400 401
  DELETE /v1/memory/users 200 401 403
  GET /v1/memory/settings 200 401 403
  PUT /v1/memory/settings 200 401 403
  GET /v1/audit-log 401 404
  GET /v1/teams 200 401 404
  POST /v1/teams 200 401 404 413 422
  GET /v1/teams/:name 200 401 404
  PATCH /v1/teams/:name 200 401 404 413 422
  PUT /v1/teams/:name 200 401 404 413 422
  DELETE /v1/teams/:name 200 401 404 413 422
  GET /v1/users 200 401 404
  POST /v1/users/invite 200 401 404 413 422
  GET /v1/users/:email 200 401 404
  PATCH /v1/users/:email 200 401 404 413 422
  DELETE /v1/users/:email 200 401 404 413 422
  GET /v1/apps 200 401 404
  POST /v1/apps/:id/rotate-secret 200 401 404 413 422
  DELETE /v1/apps/:id 200 401 404 413 422
  PUT /v1/apps/:id 200 401 404 413 422
  POST /v1/rotate-credentials/:email 401 404 413 422
  POST /v1/blueprints/:blueprint/scorecards 401 404 413 422
  PUT /v1/blueprints/:blueprint/scorecards 401 404 413 422
  GET /v1/blueprints/:blueprint/scorecards 401 404
  PUT /v1/blueprints/:blueprint/scorecards/:scorecard 401 404 413 422
  GET /v1/blueprints/:blueprint/scorecards/:scorecard 401 404
  DELETE /v1/blueprints/:blueprint/scorecards/:scorecard 401 404 413 422
  GET /v1/scorecards 401 404
  GET /v1/migrations 401 404
  POST /v1/migrations 401 404 413 422
  GET /v1/migrations/:migration 401 404
  POST /v1/migrations/:migration/cancel 401 404 413 422
  GET /v1/actions/:action/permissions 401 404
  PATCH /v1/actions/:action/permissions 401 404 413 422
  GET /v1/integration/:integration/syncMetrics 200 401 404 500
  GET /v1/integration/:integration/syncsMetadata 200 401 404 500
  GET /v1/quota/ai-invocations 200 500
  GET /v1/llm-providers/defaults 200 500
  PUT /v1/llm-providers/defaults 200 500
  POST /v1/llm-providers 201 400 500
  GET /v1/llm-providers 200 500
  GET /v1/llm-providers/:provider 200 404 500
  PUT /v1/llm-providers/:provider 200 400 404 500
  DELETE /v1/llm-providers/:provider 204 404 500
  GET /v1/ai/invoke/:invocation 200 500
  POST /v1/ai/invoke 400 403 500
  POST /v1/agent/:agent/invoke 202 400 404 500
  POST /v1/ai/entities-auto-discovery 200 409 500
  POST /v1/ai/entities-auto-discovery/:invocation/review 200 500
  GET /v1/ai/entities-auto-discovery/:invocation/suggestions 200 404 500
  GET /v1/ai/entities-auto-discovery/blueprint/:blueprint/latest 200 404 500
  PATCH /v1/ai/entities-auto-discovery/:invocation/suggestions/:entity 200 400 404 500
`;

const calledByClients = `
  GET /v1/auth/permissions 200 401
  GET /v1/blueprints/system/:blueprint/structure 200 401 404
  POST /v1/blueprints/:blueprint/entities/top-search 200 401 404 413 422
  POST /v1/blueprints/:blueprint/entities/search/count 200 401 404 413 422
  POST /v1/blueprints/entities/datasource-entities 200 401 413 422
  DELETE /v1/blueprints/:blueprint/bulk/entities 200 401 404 413 422
  PATCH /v1/blueprints/:blueprint/scorecards/:scorecard 200 401 404 413 422
  POST /v1/actions/runs/claim-pending 200 401 413 422
  PATCH /v1/actions/runs/ack 200 401 413 422
  PATCH /v1/actions/runs/:run/response 200 401 404 413 422
  POST /v1/pages 200 401 413 422
  PUT /v1/pages/:page 200 401 404 413 422
  PATCH /v1/pages/:page 200 401 404 413 422
  GET /v1/pages/:page/validate 200 401 404
  POST /v1/pages/:page/fix 200 401 404 413 422
  GET /v1/sidebars/catalog 200 401
  POST /v1/sidebars/catalog/folders 200 401 413 422
  PATCH /v1/sidebars/catalog/folders/:folder 200 401 404 413 422
  DELETE /v1/sidebars/catalog/folders/:folder 200 401 404 413
  GET /v1/integration/provision-enabled 200 401
  POST /v1/integration 200 401 413 422
  PATCH /v1/integration/:integration/resync-state 200 401 404 413 422
  GET /v1/integration/:integration/resync-request 200 401 404
  POST /v1/integration/:integration/kinds/:kind/examples 200 401 404 413 422
  GET /v1/kafka-credentials 200 401
  GET /v1/workflows 200 401
`;

function parse(lines: string, isDescribed: boolean): readonly PortRoute[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [method = '', path = '', ...statuses] = line.trim().split(' ');
      return { method, path, statuses: statuses.map(Number), isDescribed };
    });
}

export const portRoutes: readonly PortRoute[] = [...parse(described, true), ...parse(calledByClients, false)];

const later = 'Not yet.';
const noModels = 'Quayside calls no language models.';

/** Why a route of Port is not served, by the beginning of its path: the longest that fits speaks. */
const reasons: Readonly<Record<string, string>> = {
  '/v1/integration': `${later} Ocean keeps its configuration and state there.`,
  '/v1/kafka-credentials': 'Quayside brings no Kafka of its own; organisations connect theirs.',
  '/v1/memory': noModels,
  '/v1/ai': noModels,
  '/v1/agent': noModels,
  '/v1/llm-providers': noModels,
  '/v1/quota': noModels,
  '/v1/workflows': 'Beta at Port and not described; pipelines are what Quayside has for it.',
};

/** Names of parameters differ, places do not. */
export function routeShape({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path.replaceAll(/:\w+/g, ':')}`;
}

export function reasonFor({ path }: PortRoute): string | null {
  const fitting = Object.keys(reasons).filter((start) => path === start || path.startsWith(`${start}/`));
  const longest = fitting.toSorted((one, other) => other.length - one.length)[0];
  return longest === undefined ? null : (reasons[longest] ?? null);
}
