import type { BlueprintHook } from '#catalog/delete-blueprint.ts';
import type { Module } from '#platform/module.ts';
import { deleteExemptionsOf, exemptionsChore } from './decide-exemption.ts';
import { followBlueprint } from './follow-blueprint.ts';
import { exemptionRoutes } from './exemption-routes.ts';
import { type ScoringParts, scoringChores, scoringJobs } from './jobs.ts';
import { scoringReader } from './reactions.ts';
import { scorecardRoutes } from './routes.ts';
import { removeScorecardsOf } from './save-scorecard.ts';

/** Scorecards go with their blueprint. */
export const scorecardBlueprintHook: BlueprintHook = {
  beforeDelete: async (ctx, blueprint) => {
    await removeScorecardsOf(ctx, blueprint);
    await deleteExemptionsOf(ctx, blueprint);
  },
  onRename: followBlueprint,
};

export function scorecardsModule(parts: ScoringParts): Module {
  return {
    name: 'scorecards',
    routes: [...scorecardRoutes(parts.core, parts.blueprints), ...exemptionRoutes(parts.core, parts.blueprints)],
    readers: [scoringReader],
    jobs: scoringJobs(parts),
    chores: [...scoringChores(parts), exemptionsChore(parts.core, parts.blueprints)],
  };
}
