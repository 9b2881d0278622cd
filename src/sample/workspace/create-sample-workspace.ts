import { createPerson } from '#access/create-person.ts';
import { createTeam } from '#access/save-team.ts';
import { updatePerson } from '#access/update-person.ts';
import { createAction, createLegacyActions } from '#actions/save-action.ts';
import type { EntityParts } from '#catalog/apply-changes.ts';
import { createBlueprint } from '#catalog/create-blueprint.ts';
import { writeEntity } from '#catalog/write-entities.ts';
import { setSample } from '#organisation/set-sample.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { createApplication } from '#pipelines/save-application.ts';
import { savePipeline } from '#pipelines/save-pipeline.ts';
import { createFolder } from '#pages/save-folder.ts';
import { createPage } from '#pages/save-page.ts';
import { createScorecard } from '#scorecards/save-scorecard.ts';
import { reportHealth, sendReminder, sendReminderBuiltIn } from './actions.ts';
import { sampleFolder, serviceOverview } from './dashboards.ts';
import {
  deploymentConfigBlueprint,
  deploymentConfigEntities,
  microserviceActions,
  microserviceBlueprint,
  microserviceEntities,
} from './deployments.ts';
import { administratorTeams, people, teams } from './people.ts';
import { deployToProduction } from './pipelines.ts';
import { productionReadiness } from './production-readiness.ts';
import { serviceBlueprint, systemBlueprint } from './service-blueprints.ts';
import { serviceEntities, systems } from './services.ts';

export interface SampleWorkspaceInput {
  readonly administratorEmail: string;
  readonly changelogUrl: string;
  readonly backendUrl: string;
}

/**
 * Fills an empty workspace by the product's own commands, all in one transaction: a start that is interrupted leaves
 * it empty, and the next one begins again.
 */
export function createSampleWorkspace(parts: EntityParts): Command<SampleWorkspaceInput, void> {
  return async function createSampleWorkspaceCommand(ctx, input) {
    await setSample(ctx);
    await createPeople(ctx, input.administratorEmail);
    const addBlueprint = createBlueprint(parts.blueprints);
    await addBlueprint(ctx, systemBlueprint);
    await addBlueprint(ctx, serviceBlueprint);
    await addBlueprint(ctx, microserviceBlueprint);
    await addBlueprint(ctx, deploymentConfigBlueprint(input.changelogUrl));
    await createScorecard(parts.blueprints)(ctx, { blueprint: 'service', body: productionReadiness });
    await createEntities(ctx, parts, 'system', systems);
    await createEntities(ctx, parts, 'service', serviceEntities);
    await createEntities(ctx, parts, 'microservice', microserviceEntities);
    await createEntities(ctx, parts, 'deploymentConfig', deploymentConfigEntities);
    await createActions(ctx, input.backendUrl);
    await createPipelines(ctx);
    await createFolder()(ctx, sampleFolder);
    await createPage(parts.blueprints)(ctx, serviceOverview);
  };
}

/** Lists show the oldest first: the reminder is the one to begin with. */
async function createActions(ctx: WriteContext, backendUrl: string): Promise<void> {
  const after = (milliseconds: number): WriteContext => ({ ...ctx, now: new Date(ctx.now.getTime() + milliseconds) });
  await createAction(ctx, sendReminder);
  await createAction(after(1), sendReminderBuiltIn);
  await createLegacyActions(after(2), { blueprint: 'microservice', actions: microserviceActions(backendUrl) });
  await createAction(after(3), reportHealth(backendUrl));
}

async function createPipelines(ctx: WriteContext): Promise<void> {
  const document = { description: 'What customers see: catalogue, cart and checkout.' };
  await createApplication(ctx, { name: deployToProduction.application, document });
  await savePipeline(ctx, {
    document: deployToProduction,
    id: null,
    wantedId: null,
    overName: false,
    expectedVersion: null,
    expectedUpdate: null,
  });
}

async function createPeople(ctx: WriteContext, administratorEmail: string): Promise<void> {
  for (const team of teams) await createTeam(ctx, team);
  for (const person of people) if (person.email !== administratorEmail) await createPerson(ctx, person);
  await updatePerson(ctx, { email: administratorEmail, teams: administratorTeams });
}

async function createEntities(
  ctx: WriteContext,
  parts: EntityParts,
  blueprint: string,
  entities: readonly object[],
): Promise<void> {
  const write = writeEntity(parts);
  for (const entity of entities) {
    await write(ctx, {
      blueprint,
      entities: [entity],
      ifExists: 'refuse',
      ifMissing: 'create',
      validateOnly: false,
      createMissingRelated: false,
      runId: null,
      datasource: 'Quayside',
      expectedVersion: null,
    });
  }
}
