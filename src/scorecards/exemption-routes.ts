import { authorize } from '#access/permissions.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { Core } from '#platform/core.ts';
import { created, ok, route, type Route } from '#platform/http/route.ts';
import {
  ExemptionBody,
  ExemptionEntityPath,
  ExemptionPath,
  ExemptionPolicy,
  ExemptionQuery,
  ScorecardPath,
} from './contract.ts';
import { revokeExemption, saveExemptionPolicy } from './decide-exemption.ts';
import { exemptionApprovers, getExemption, listExemptions } from './exemption-queries.ts';
import { requestExemption } from './request-exemption.ts';
import { getScorecard } from './scorecard-queries.ts';

const tag = 'Scorecards';
const policy = '/api/v1/scorecards/:blueprint/:scorecard/exemption-policy';

export function exemptionRoutes(core: Core, blueprints: Blueprints): readonly Route[] {
  return [...requestRoutes(core, blueprints), ...policyRoutes(core)];
}

function requestRoutes({ db }: Core, blueprints: Blueprints): readonly Route[] {
  const request = requestExemption(blueprints);
  const revoke = revokeExemption(blueprints);
  return [
    route({
      method: 'GET',
      path: '/api/v1/exemptions',
      summary: 'List exemptions from rules of scorecards, newest first',
      tag,
      access: 'known',
      request: { query: ExemptionQuery },
      async handle({ actor, query }) {
        authorize(actor, 'catalog.read');
        return ok({ exemptions: await listExemptions(db, actor, query) });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/exemptions/:exemption',
      summary: 'Read an exemption',
      tag,
      access: 'known',
      request: { params: ExemptionPath },
      statuses: [404],
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        return ok({ exemption: await getExemption(db, actor, params.exemption) });
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/blueprints/:blueprint/entities/:entity/exemptions',
      summary: 'Ask that a rule does not count for an entity until a date',
      tag,
      access: 'known',
      request: { params: ExemptionEntityPath, body: ExemptionBody },
      statuses: [201, 404, 409, 422],
      async handle({ params, body, execute }) {
        const { exemption, approval } = await execute(request, { ...params, ...body });
        return created({ exemption, approval: { id: approval.id } });
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/exemptions/:exemption',
      summary: 'Take an exemption back, asked for or approved',
      tag,
      access: 'known',
      request: { params: ExemptionPath },
      statuses: [403, 404, 409],
      async handle({ actor, params, execute }) {
        authorize(actor, 'exemption.request');
        const { id } = await getExemption(db, actor, params.exemption);
        return ok({ exemption: await execute(revoke, { id }) });
      },
    }),
  ];
}

function policyRoutes({ db }: Core): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: policy,
      summary: 'Who decides about exemptions from a scorecard',
      tag,
      access: 'known',
      request: { params: ScorecardPath },
      statuses: [404],
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        await getScorecard(db, actor.orgId, params.blueprint, params.scorecard);
        return ok({ approvers: await exemptionApprovers(db, actor.orgId, params.blueprint, params.scorecard) });
      },
    }),
    route({
      method: 'PUT',
      path: policy,
      summary: 'Say who decides about exemptions from a scorecard',
      tag,
      access: 'known',
      request: { params: ScorecardPath, body: ExemptionPolicy },
      statuses: [404, 422],
      async handle({ params, body, execute }) {
        const { users = [], roles = [], teams = [] } = body.approvers;
        return ok({ approvers: await execute(saveExemptionPolicy, { ...params, approvers: { users, roles, teams } }) });
      },
    }),
  ];
}
