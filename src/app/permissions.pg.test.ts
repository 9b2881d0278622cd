import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '#platform/http/route.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

const roles = ['Member', 'Moderator', 'service-moderator', 'other-moderator'] as const;

/** What people who are no administrators may do beside reading; every other write, also a new one, is refused. */
const everybody = [
  'PATCH /api/v1/session/preferences',
  'POST /api/v1/slack/links/:token',
  // One's own; anybody else's is not there.
  'DELETE /api/v1/slack/accounts/:team/:slackUser',
  'POST /api/v1/sample/slack/channels/:channel/messages/:ts/press',
  'POST /v1/entities/search',
  'POST /api/v1/actions/:action/form',
  'POST /api/v1/actions/:action/permission-check',
  'POST /v1/blueprints/:blueprint/entities/search',
  'POST /v1/blueprints/:blueprint/entities/search/count',
  'POST /v1/blueprints/:blueprint/entities/top-search',
  'POST /v1/blueprints/entities/datasource-entities',
  // Whoever is asked may decide; the run here waits for nobody's approval.
  'PATCH /v1/actions/runs/:run/approval',
  'POST /v1/entities/aggregate',
  'POST /api/v1/blueprints/:blueprint/rows',
  'POST /api/v1/blueprints/:blueprint/facets',
  'POST /api/v1/blueprints/:blueprint/groups',
  // Views of a table are everybody's own; those of others are not there, or refused.
  'POST /api/v1/blueprints/:blueprint/views',
  'PATCH /api/v1/blueprints/:blueprint/views/:view',
  'DELETE /api/v1/blueprints/:blueprint/views/:view',
  'PUT /api/v1/blueprints/:blueprint/default-view',
  // Each entity is judged by itself, and what is refused is told in the answer.
  'POST /api/v1/blueprints/:blueprint/bulk-previews',
  'POST /api/v1/blueprints/:blueprint/bulk-changes',
  'POST /api/v1/bulk-changes/:change/retries',
  'POST /api/v1/bulk-changes/:change/cancellation',
  'POST /v1/entities/aggregate-over-time',
  'POST /v1/entities/properties-history',
  'POST /api/v1/pages/:page/data',
  'POST /api/v1/widget-previews',
  'POST /api/v1/approvals/:approval/decision',
  'POST /api/v1/approvals/:approval/delegation',
  'POST /api/v1/approvals/:approval/slack-messages/:message/resend',
  'POST /api/v1/approval-records/verification',
  'POST /api/v1/blueprints/:blueprint/entities/:entity/exemptions',
  'DELETE /api/v1/exemptions/:exemption',
];
/** Starting, controlling and judging pipelines; the pipelines themselves say whom more exactly. */
const pipelines = [
  'POST /api/v1/pipelines/:pipeline/executions',
  'POST /api/v1/executions/:execution/cancel',
  'POST /api/v1/executions/:execution/pause',
  'POST /api/v1/executions/:execution/resume',
  'POST /api/v1/executions/:execution/stages/:stage/judgment',
  'POST /api/v1/executions/:execution/stages/:stage/skip',
  'POST /api/v1/executions/:execution/stages/:stage/skip-wait',
  'POST /api/v1/executions/:execution/stages/:stage/restart',
  'POST /gate/pipelines/:application/:name',
  'POST /gate/pipelines/v2/:application/:name',
  'POST /gate/webhooks/webhook/:source',
  'PUT /gate/pipelines/:id/cancel',
  'PUT /gate/pipelines/:id/pause',
  'PUT /gate/pipelines/:id/resume',
  'PUT /gate/pipelines/:id/stages/:stageId/restart',
  'PATCH /gate/pipelines/:id/stages/:stageId',
  'POST /gate/pipelines/start',
  'POST /gate/pipelines/:id/evaluateExpression',
  'POST /gate/pipelines/:id/evaluateVariables',
  'POST /api/v1/expressions/evaluate',
  'POST /api/v1/applications/:application/versions',
  'POST /api/v1/applications/:application/constraints/:constraint/ask-again',
  'POST /gate/managed/application/:application/environment/:environment/constraint',
];
const executors = [
  'POST /v1/actions/:action/runs',
  'POST /api/v1/runs/:run/again',
  'POST /v1/blueprints/:blueprint/actions/:action/runs',
  'POST /v1/blueprints/:blueprint/entities/:entity/actions/:action/runs',
];
const moderators = [
  'POST /v1/blueprints/:blueprint/entities',
  'PUT /v1/blueprints/:blueprint/entities/:entity',
  'PATCH /v1/blueprints/:blueprint/entities/:entity',
  'DELETE /v1/blueprints/:blueprint/entities/:entity',
  'POST /v1/blueprints/:blueprint/entities/bulk',
  'POST /v1/blueprints/:blueprint/bulk/entities/delete',
  'DELETE /v1/blueprints/:blueprint/bulk/entities',
  'DELETE /v1/blueprints/:blueprint/all-entities',
];
const permitted: Readonly<Record<(typeof roles)[number], readonly string[]>> = {
  Member: [...everybody, ...pipelines, ...executors],
  Moderator: [...everybody, ...pipelines, ...moderators],
  'service-moderator': [...everybody, ...pipelines, ...moderators],
  'other-moderator': [...everybody, ...pipelines],
};
/** What only administrators read. */
const closedReads = [
  '/api/v1/connections',
  '/api/v1/event-streams',
  '/api/v1/event-streams/:stream',
  '/v1/apps',
  '/api/v1/credentials',
  '/v1/organization/secrets',
  '/v1/organization/secrets/:secret',
  '/v1/webhooks',
  '/v1/webhooks/:webhook',
  '/api/v1/webhooks/:webhook/requests',
  '/api/v1/integrations/slack',
  '/api/v1/integrations/slack/accounts',
  '/api/v1/integrations/slack/messages',
  '/api/v1/relay-channels/:channel',
  '/api/v1/relay-channels/:channel/stream',
];

let app: TestApp;
const visitors = new Map<string, Visitor>();
const ids: Record<string, string> = {
  blueprint: 'service',
  action: 'call',
  scorecard: 'ready',
  name: 'team',
  email: 'admin@example.com',
  page: 'board',
  secret: 'canary',
};

beforeAll(async () => {
  app = await startTestApp();
  for (const role of roles) {
    visitors.set(role, await addPerson(app, { email: `${role.toLowerCase()}@example.com`, roles: [role] }));
  }
  const schema = { properties: { text: { type: 'string' } }, required: [] };
  const changelogDestination = { type: 'WEBHOOK', url: 'http://127.0.0.1:1/' };
  await app.call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema, changelogDestination });
  await app.call('POST', '/v1/pages', { identifier: 'board', type: 'dashboard', widgets: [] });
  await app.call('POST', '/v1/teams', { name: 'team' });
  await app.call('POST', '/v1/organization/secrets', { secretName: 'canary', secretValue: 'canary' });
  await app.call('POST', '/v1/blueprints/service/scorecards', { identifier: 'ready', title: 'Ready', rules: [] });
  await app.call('POST', '/v1/actions', {
    identifier: 'call',
    trigger: { type: 'self-service', operation: 'CREATE', blueprintIdentifier: 'service' },
    invocationMethod: { type: 'KAFKA' },
  });
  await app.call('POST', '/v1/actions/call/runs', {});
  await app.call('POST', '/api/v1/relay-channels');
  await app.settle();
  const tables = { run: 'run', channel: 'relay_channel', id: 'credential', delivery: 'delivery' };
  for (const [parameter, table] of Object.entries(tables)) {
    const found = await app.database.database.pool.query<{ id: string }>(`select id from ${table} order by id`);
    ids[parameter] = found.rows[0]?.id ?? `no ${table}`;
  }
});
afterAll(async () => app.stop());

type Shape = Readonly<Record<string, unknown>>;

/** The smallest body that a route's schema takes; it speaks of the entity "x". */
function minimal(schema: unknown): unknown {
  const shape = schema as Shape;
  const [option] = (shape['anyOf'] ?? shape['oneOf'] ?? []) as readonly unknown[];
  if (option !== undefined) return minimal(option);
  const fixed = [shape['const'], shape['enum']].flat().find((value) => value !== undefined);
  if (fixed !== undefined) return fixed;
  const [type] = [shape['type']].flat();
  if (type === 'object') return minimalObject(shape);
  if (type === 'array') return Array.from({ length: Number(shape['minItems'] ?? 0) }, () => minimal(shape['items']));
  if (type === 'string') return JSON.stringify(shape).includes('@]+$') ? 'x@example.com' : 'x';
  if (type === undefined) return { identifier: 'x' };
  return type === 'boolean' ? true : (shape['minimum'] ?? 1);
}

function minimalObject(shape: Shape): object {
  const properties = (shape['properties'] ?? {}) as Shape;
  const required = (shape['required'] ?? []) as readonly string[];
  return Object.fromEntries(required.map((key) => [key, key === 'combinator' ? 'and' : minimal(properties[key])]));
}

function routes(): readonly Route[] {
  return app.app.modules.list
    .flatMap((module) => module.routes ?? [])
    .filter((route) => route.access === 'known' && `${route.method} ${route.path}` !== 'DELETE /api/v1/session');
}

async function statusFor(visitor: Visitor | undefined, route: Route): Promise<number> {
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? 'x');
  const body = route.request?.body === undefined ? undefined : minimal(route.request.body);
  const end = new AbortController();
  const answer = await fetch(`${app.url}${path}`, {
    method: route.method,
    headers: {
      cookie: visitor?.cookie ?? '',
      'x-csrf-token': visitor?.csrfToken ?? '',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: end.signal,
  });
  end.abort();
  return answer.status;
}

describe.each(roles)('%s', (role) => {
  test('may change what is listed, and nothing else', async () => {
    await app.call('POST', '/v1/blueprints/service/entities?upsert=true', { identifier: 'x' });
    const allowed: string[] = [];
    for (const route of routes().filter((candidate) => candidate.method !== 'GET')) {
      const status = await statusFor(visitors.get(role), route);
      if (status !== 403 && status !== 207) allowed.push(`${route.method} ${route.path}`);
    }
    expect(allowed.toSorted()).toEqual(permitted[role].toSorted());
  });

  test('reads what is not closed', async () => {
    const refused: string[] = [];
    for (const route of routes().filter((candidate) => candidate.method === 'GET')) {
      if ((await statusFor(visitors.get(role), route)) === 403) refused.push(route.path);
    }
    expect(refused.toSorted()).toEqual(closedReads.toSorted());
  });
});
