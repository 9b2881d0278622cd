import { isJsonObject } from '#platform/json.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { getScorecard } from '#scorecards/scorecard-queries.ts';
import { missingTexts } from './field-rules.ts';
import type { BeginRequest, StageKind, StageStep } from './stage-kind.ts';

export interface ScorecardParts {
  readonly db: Db;
  /** The entity as the API shows it to this actor, or null. */
  readonly readEntity: (actor: Actor, blueprint: string, identifier: string) => Promise<Record<string, unknown> | null>;
}

/** Goes on only when an entity stands at a level of a scorecard, or above: only Gold goes to production. */
export function evaluateScorecardStage(parts: ScorecardParts): StageKind {
  return {
    type: 'evaluateScorecard',
    check: (stage) => missingTexts(stage, ['blueprint', 'entity', 'scorecard', 'level']),
    begin: async (request) => compareLevel(parts, request),
  };
}

async function compareLevel(parts: ScorecardParts, { config, execution, actor }: BeginRequest): Promise<StageStep> {
  const [blueprint = '', entity = '', scorecard = '', level = ''] = ['blueprint', 'entity', 'scorecard', 'level'].map(
    (field) => String(config[field]),
  );
  const { document } = await getScorecard(parts.db, execution.org_id, blueprint, scorecard);
  const levels = document.levels.map(({ title }) => title);
  if (!levels.includes(level)) {
    return {
      step: 'failed',
      error: `Scorecard "${document.title}" has no level "${level}". It has ${levels.join(', ')}.`,
    };
  }
  const found = await parts.readEntity(actor, blueprint, entity);
  if (found === null) return { step: 'failed', error: `There is no entity "${entity}" of blueprint "${blueprint}".` };
  const { level: has, unmet } = readScores(isJsonObject(found['scorecards']) ? found['scorecards'][scorecard] : null);
  const context = { level: has, unmetRules: unmet };
  if (has !== null && levels.indexOf(has) >= levels.indexOf(level)) {
    return { step: 'ended', status: 'SUCCEEDED', context, outputs: { level: has } };
  }
  const titles = document.rules.filter((rule) => unmet.includes(rule.identifier)).map((rule) => rule.title);
  const why = titles.length === 0 ? '' : ` Unmet: ${titles.join(', ')}.`;
  const stands = has === null ? `is not graded by "${document.title}"` : `stands at ${has}`;
  return { step: 'failed', error: `${entity} ${stands}; ${level} is needed.${why}`, context };
}

function readScores(scores: unknown): { readonly level: string | null; readonly unmet: readonly string[] } {
  if (!isJsonObject(scores)) return { level: null, unmet: [] };
  return {
    level: typeof scores['level'] === 'string' ? scores['level'] : null,
    unmet: Array.isArray(scores['rules']) ? unmetRules(scores['rules'] as unknown[]) : [],
  };
}

function unmetRules(rules: readonly unknown[]): readonly string[] {
  return rules.flatMap((rule) =>
    isJsonObject(rule) && rule['status'] === 'FAILURE' && typeof rule['identifier'] === 'string'
      ? [rule['identifier']]
      : [],
  );
}
