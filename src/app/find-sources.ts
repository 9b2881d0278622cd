import { may } from '#access/permissions.ts';
import { actionsOf } from '#actions/action-queries.ts';
import { findGrantedActions } from '#actions/find-offered-actions.ts';
import type { ActionRow } from '#actions/action.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import { findAnything } from '#catalog/find/find-anything.ts';
import type { FindSource, Hit } from '#catalog/find/find-source.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import type { Db } from '#platform/db/handles.ts';
import { allScorecards } from '#scorecards/scorecard-queries.ts';

/** Whoever may change actions finds all of them, others those that are theirs to execute. */
async function findableActions(db: Db, actor: Actor): Promise<readonly ActionRow[]> {
  return may(actor, 'action.write') ? actionsOf(db, actor.orgId) : findGrantedActions(db, actor);
}

const actionSource: FindSource = {
  kind: 'action',
  all: async (db, actor) =>
    (await findableActions(db, actor)).map(({ identifier, blueprint, document }) => ({
      identifier,
      blueprint: blueprint ?? null,
      title: document.title ?? identifier,
      icon: document.icon ?? null,
      description: document.description ?? null,
    })),
};

const scorecardSource: FindSource = {
  kind: 'scorecard',
  all: async (db, actor) =>
    (await allScorecards(db, actor.orgId)).map(({ document: { identifier, blueprint, title } }) => ({
      identifier,
      blueprint,
      title,
      icon: null,
      description: null,
    })),
};

/** What people find beside entities and blueprints. */
export const findSources: readonly FindSource[] = [actionSource, scorecardSource];

/** Finds whatever an actor may see by its words, for doors other than the search route. */
export function createFind({ db }: Core, blueprints: Blueprints) {
  return async (actor: Actor, text: string, limit: number): Promise<readonly Hit[]> =>
    findAnything({ db, blueprints, sources: findSources }, actor, { text, limit });
}
