import { authorize } from '#access/permissions.ts';
import { BlueprintPath } from '#catalog/contract.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { Core } from '#platform/core.ts';
import { created, etag, ok, route, type Route } from '#platform/http/route.ts';
import { ScorecardBody, ScorecardPatch, ScorecardPath, ScorecardReplacement, ScorecardSet } from './contract.ts';
import {
  createScorecard,
  deleteScorecard,
  patchScorecard,
  replaceScorecard,
  replaceScorecards,
} from './save-scorecard.ts';
import type { Scorecard } from './scorecard.ts';
import { allScorecards, getScorecard, scorecardsOf } from './scorecard-queries.ts';
import { summarizeScores } from './summary-queries.ts';

const tag = 'Scorecards';
const collection = '/v1/blueprints/:blueprint/scorecards';
const one = `${collection}/:scorecard`;

export function scorecardRoutes(core: Core, blueprints: Blueprints): readonly Route[] {
  return [...reads(core, blueprints), ...writes(blueprints)];
}

function shown({ document, version }: Scorecard): [object, Readonly<Record<string, string>>] {
  return [{ scorecard: document }, etag(version)];
}

function documents(scorecards: readonly Scorecard[]): object {
  return { scorecards: scorecards.map((scorecard) => scorecard.document) };
}

function reads({ db }: Core, blueprints: Blueprints): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/scorecards',
      summary: 'List the scorecards of all blueprints',
      tag,
      access: 'known',
      async handle({ actor }) {
        authorize(actor, 'catalog.read');
        return ok(documents(await allScorecards(db, actor.orgId)));
      },
    }),
    route({
      method: 'GET',
      path: collection,
      summary: 'List the scorecards of a blueprint',
      tag,
      access: 'known',
      request: { params: BlueprintPath },
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        const { document } = await blueprints.get(db, actor.orgId, params.blueprint);
        return ok(documents(await scorecardsOf(db, actor.orgId, document.identifier)));
      },
    }),
    route({
      method: 'GET',
      path: one,
      summary: 'Read a scorecard',
      tag,
      access: 'known',
      request: { params: ScorecardPath },
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        await blueprints.get(db, actor.orgId, params.blueprint);
        return ok(...shown(await getScorecard(db, actor.orgId, params.blueprint, params.scorecard)));
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/scorecards/:blueprint/:scorecard/summary',
      summary: 'How entities, rules and teams stand on a scorecard',
      tag,
      access: 'known',
      request: { params: ScorecardPath },
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        const { document } = await getScorecard(db, actor.orgId, params.blueprint, params.scorecard);
        return ok({ summary: await summarizeScores(db, actor, document) });
      },
    }),
  ];
}

function writes(blueprints: Blueprints): readonly Route[] {
  const commands = {
    create: createScorecard(blueprints),
    replace: replaceScorecard(blueprints),
    patch: patchScorecard(blueprints),
    replaceAll: replaceScorecards(blueprints),
    delete: deleteScorecard(blueprints),
  };
  return [
    route({
      method: 'POST',
      path: collection,
      summary: 'Create a scorecard',
      tag,
      access: 'known',
      request: { params: BlueprintPath, body: ScorecardBody },
      statuses: [201],
      async handle({ params, body, execute }) {
        return created(...shown(await execute(commands.create, { blueprint: params.blueprint, body })));
      },
    }),
    route({
      method: 'PUT',
      path: collection,
      summary: 'Replace all scorecards of a blueprint',
      tag,
      access: 'known',
      request: { params: BlueprintPath, body: ScorecardSet },
      async handle({ params, body, execute }) {
        return ok(documents(await execute(commands.replaceAll, { blueprint: params.blueprint, body })));
      },
    }),
    route({
      method: 'PUT',
      path: one,
      summary: 'Replace a scorecard',
      tag,
      access: 'known',
      request: { params: ScorecardPath, body: ScorecardReplacement },
      async handle({ params, body, expectedVersion, execute }) {
        const { blueprint, scorecard: identifier } = params;
        return ok(...shown(await execute(commands.replace, { blueprint, identifier, body, expectedVersion })));
      },
    }),
    route({
      method: 'PATCH',
      path: one,
      summary: 'Change parts of a scorecard',
      tag,
      access: 'known',
      request: { params: ScorecardPath, body: ScorecardPatch },
      async handle({ params, body, expectedVersion, execute }) {
        const { blueprint, scorecard: identifier } = params;
        return ok(...shown(await execute(commands.patch, { blueprint, identifier, body, expectedVersion })));
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      summary: 'Delete a scorecard',
      tag,
      access: 'known',
      request: { params: ScorecardPath },
      async handle({ params, expectedVersion, execute }) {
        const { blueprint, scorecard: identifier } = params;
        await execute(commands.delete, { blueprint, identifier, expectedVersion });
        return ok({});
      },
    }),
  ];
}
