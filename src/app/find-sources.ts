import { actionsOf, shownTo } from '#actions/action-queries.ts';
import type { FindSource } from '#catalog/find/find-source.ts';
import { allScorecards } from '#scorecards/scorecard-queries.ts';

const actionSource: FindSource = {
  kind: 'action',
  all: async (db, actor) =>
    (await actionsOf(db, actor.orgId, shownTo(actor))).map(({ identifier, blueprint, document }) => ({
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
