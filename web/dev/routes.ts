import type { Audit, Entity, Json } from '../src/api/wire.ts';
import type { Rule } from '../src/catalog/api.ts';
import { actionRoutes } from './action-routes.ts';
import { approvalRoutes } from './approval-routes.ts';
import { directoryRoutes } from './directory-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import { at, Refusal, type Route } from './reply.ts';
import { actionOf, start, stream } from './runner.ts';
import { listen } from './live.ts';
import { blueprintRoutes } from './blueprint-routes.ts';
import { entityRoutes } from './entity-routes.ts';
import { failedMessages, slackAccounts, slackChannels, slackSetup, undelivered } from './data/slack-setup.ts';
import { actions, runs, type RunRecord } from './data/actions.ts';
import { blueprints, scorecards } from './data/catalog.ts';
import { entities } from './data/entities.ts';
import { audits, deliveries } from './data/history.ts';
import { channels, messages, reminded, reminderBlocks } from './data/slack.ts';
import { summaryOf } from './summary.ts';
import { sessionRoutes } from './session-routes.ts';
import { tableRoutes } from './table-routes.ts';
import { savedTableRoutes } from './view-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

const STEP_MS = Number(process.env['FIXTURE_STEP_MS'] ?? 900);
const ok = (body: object, status = 200) => ({ body, status });

function runOf(id: string | undefined): RunRecord {
  const record = runs.get(id ?? '');
  if (record === undefined) throw new Refusal(404, 'not_found', `Run with identifier "${id}" was not found`);
  return record;
}

const of = (blueprint: string | undefined): Entity[] => entities.filter((entity) => entity.blueprint === blueprint);

function satisfies(entity: Entity, { property = '', operator, value }: Rule): boolean {
  const given = property === '$team' ? entity.team : (entity.properties[property] ?? entity.relations[property]);
  const list = (Array.isArray(given) ? given : [given]) as Json[];
  const wanted = (Array.isArray(value) ? value : [value]) as Json[];
  return operator === '=' ? given === value : wanted.some((one) => list.includes(one));
}

const catalogRoutes: Route[] = [
  { method: 'GET', pattern: at('/v1/blueprints'), handle: () => ok({ blueprints }) },
  {
    method: 'GET',
    pattern: at('/v1/blueprints/:bp/entities-count'),
    handle: ({ params }) => ok({ count: of(params[0]).length }),
  },
  {
    method: 'POST',
    pattern: at('/v1/blueprints/:bp/entities/search'),
    handle: ({ params, body }) => {
      const limit = Number(body['limit'] ?? 200);
      const from = Number(body['from'] ?? 0);
      const { rules } = body['query'] as { rules: readonly Rule[] };
      const all = of(params[0]).filter((entity) => rules.every((rule) => satisfies(entity, rule)));
      const next = from + limit;
      return ok({ entities: all.slice(from, next), ...(next < all.length ? { next: String(next) } : {}) });
    },
  },
  { method: 'GET', pattern: at('/v1/scorecards'), handle: () => ok({ scorecards }) },
  {
    method: 'GET',
    pattern: at('/api/v1/scorecards/:bp/:id/summary'),
    handle: ({ params }) => ok({ summary: summaryOf(params[0] ?? '', params[1] ?? '') }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/scorecards/:bp/:id/reminder/preview'),
    handle: () =>
      ok({
        blocks: reminderBlocks(),
        messages: [{ blocks: reminderBlocks() }],
        remindedEntities: reminded().length,
        channel: 'engineering',
      }),
  },
  {
    method: 'POST',
    pattern: at('/api/v1/scorecards/:bp/:id/reminder'),
    handle: () => {
      const action = actionOf('send_scorecard_reminder');
      if (action === undefined) throw new Refusal(404, 'not_found', 'The sample has no reminder.');
      return ok({ run: start(action, {}, undefined, STEP_MS) }, 202);
    },
  },
];

const runRoutes: Route[] = [
  { method: 'GET', pattern: at('/v1/actions'), handle: () => ok({ actions }) },
  {
    method: 'POST',
    pattern: at('/v1/actions/:id/runs'),
    handle: ({ params, body }) => {
      const action = actionOf(params[0] ?? '');
      if (action === undefined)
        throw new Refusal(404, 'not_found', `Action with identifier "${params[0]}" was not found`);
      const properties = body['properties'] as Record<string, Json>;
      if (properties['reason'] === 'bad')
        throw new Refusal(422, 'user_inputs_schema_invalid', 'The inputs do not match the action.', {
          errors: [{ path: '/properties/reason', message: 'Say more than “bad”.' }],
        });
      return ok({ run: start(action, properties, body['entity'] as string | undefined, STEP_MS) }, 202);
    },
  },
  {
    method: 'GET',
    pattern: at('/v1/actions/runs'),
    handle: ({ query }) =>
      ok({
        runs: [...runs.values()]
          .map((record) => record.run)
          .filter((run) => !query.has('entity') || run.entity?.identifier === query.get('entity'))
          .filter((run) => query.get('active') !== 'true' || run.endedAt === null)
          .toSorted((left, right) => right.createdAt.localeCompare(left.createdAt)),
      }),
  },
  { method: 'GET', pattern: at('/v1/actions/runs/:id'), handle: ({ params }) => ok({ run: runOf(params[0]).run }) },
  {
    method: 'GET',
    pattern: at('/api/v1/runs/:id/timeline'),
    handle: ({ params }) => ok({ timeline: runOf(params[0]).timeline }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/runs/:id/stream'),
    handle: ({ params, response }) => {
      stream(runOf(params[0]), response);
      return 'handled';
    },
  },
  {
    method: 'GET',
    pattern: at('/api/v1/live'),
    handle: ({ response }) => {
      listen(response);
      return 'handled';
    },
  },
];

const wanted = (audit: Audit, query: URLSearchParams): boolean =>
  (!query.has('run_id') || audit.context['runId'] === query.get('run_id')) &&
  (!query.has('entity') || audit.context['entity'] === query.get('entity')) &&
  (!query.has('blueprint') || audit.context['blueprint'] === query.get('blueprint')) &&
  (!query.has('resources') || audit.resourceType === query.get('resources')) &&
  (!query.has('action') || audit.action === query.get('action'));

const otherRoutes: Route[] = [
  {
    method: 'GET',
    pattern: at('/v1/audit-log'),
    handle: ({ query }) => ok({ audits: audits.filter((audit) => wanted(audit, query)) }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/deliveries'),
    handle: ({ query }) =>
      ok({ deliveries: deliveries.filter((one) => !query.has('state') || one.state === query.get('state')) }),
  },
  { method: 'POST', pattern: at('/api/v1/deliveries/:id/resend'), handle: () => ok({}) },
  { method: 'GET', pattern: at('/api/v1/sample/slack/channels'), handle: () => ok({ channels }) },
  {
    method: 'GET',
    pattern: at('/api/v1/sample/slack/channels/:id/messages'),
    handle: ({ params }) => ok({ messages: messages[params[0] ?? ''] ?? [] }),
  },
  { method: 'GET', pattern: at('/api/v1/integrations/slack'), handle: () => ok(slackSetup) },
  {
    method: 'GET',
    pattern: at('/api/v1/integrations/slack/channels'),
    handle: () => ok({ searchable: true, refreshing: false, error: null, channels: slackChannels }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/approvals/:approval/slack-messages'),
    handle: ({ params }) => ok(undelivered(params[0] ?? '')),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/slack/accounts'),
    handle: () => ok({ accounts: slackAccounts.slice(0, 1) }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/integrations/slack/accounts'),
    handle: () => ok({ accounts: slackAccounts, next: null }),
  },
  { method: 'DELETE', pattern: at('/api/v1/slack/accounts/:team/:slackUser'), handle: () => ok({}) },
  { method: 'GET', pattern: at('/api/v1/integrations/slack/messages'), handle: () => ok({ messages: failedMessages }) },
  {
    method: 'GET',
    pattern: at('/api/v1/slack/links/:token'),
    handle: () =>
      ok({
        link: {
          slackName: 'checkout-lead',
          slackUserId: 'U02CHECKOUT',
          teamId: 'T000000001',
          workspace: 'Harbour',
          expiresAt: new Date(Date.now() + 9e5),
        },
      }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/integrations'),
    handle: () =>
      ok({
        slack: { configured: true, mode: 'bot', emulated: true },
        github: { configured: true, apiUrl: 'http://127.0.0.1:4001', emulated: true },
      }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/home'),
    handle: () => {
      const rules = scorecards[0]?.rules ?? [];
      const failingRules = of('service')
        .filter((entity) => ['identity', 'payments'].includes(entity.team[0] ?? ''))
        .flatMap((entity) => {
          const failed = entity.scorecards?.['ProductionReadiness']?.rules.find((rule) => rule.status === 'FAILURE');
          const rule = rules.find((one) => one.identifier === failed?.identifier);
          return rule === undefined
            ? []
            : [
                {
                  blueprint: 'service',
                  entity: entity.identifier,
                  title: entity.title,
                  scorecard: 'ProductionReadiness',
                  rule: rule.title,
                  level: rule.level,
                },
              ];
        });
      return ok({
        myRuns: [...runs.values()].map((record) => record.run).slice(0, 5),
        failingRules,
        recentChanges: audits.slice(0, 8),
      });
    },
  },
];

export const routes: readonly Route[] = [
  ...sessionRoutes,
  ...catalogRoutes,
  ...blueprintRoutes,
  ...entityRoutes,
  ...tableRoutes,
  ...savedTableRoutes,
  ...runRoutes,
  // After those of runs, whose addresses begin alike.
  ...actionRoutes,
  ...directoryRoutes,
  ...approvalRoutes,
  ...pageRoutes,
  ...pipelineRoutes,
  ...webhookRoutes,
  ...otherRoutes,
];
