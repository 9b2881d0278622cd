import { levelTitles, standing, type ScorecardOutline, type ScoredEntity } from './reminder-rules.ts';

export interface Share {
  readonly title: string;
  /** 0 to 1. */
  readonly share: number;
}

export interface ScorecardReport {
  readonly blueprint: string;
  readonly scorecardTitle: string;
  readonly appUrl: string;
  /** Entities that the scorecard applies to; every share below is of these. */
  readonly entityCount: number;
  /** Highest level first; levels nobody stands on are kept, so the picture is whole. */
  readonly levels: readonly { readonly title: string; readonly count: number }[];
  readonly topTeams: readonly Share[];
  readonly highestRules: readonly Share[];
  readonly lowestRules: readonly Share[];
}

const SHOWN = 3;

/** How a blueprint's entities stand on one scorecard. */
export function summarizeScorecard(
  entities: readonly ScoredEntity[],
  scorecard: ScorecardOutline,
  context: { readonly blueprint: string; readonly appUrl: string },
): ScorecardReport {
  const scored = entities.flatMap((entity) => {
    const result = standing(entity, scorecard);
    return result ? [{ teams: teamsOf(entity), ...result }] : [];
  });
  const counts = new Map(levelTitles(scorecard).map((title) => [title, 0]));
  for (const { level } of scored) counts.set(level, (counts.get(level) ?? 0) + 1);

  const rules = scorecard.rules
    .map((rule) => ({
      title: rule.title || rule.identifier,
      share: fraction(
        scored.filter((one) => one.rules.some((r) => r.identifier === rule.identifier && r.status === 'SUCCESS'))
          .length,
        scored.length,
      ),
    }))
    .toSorted((a, b) => b.share - a.share);
  return {
    blueprint: context.blueprint,
    scorecardTitle: scorecard.title || scorecard.identifier,
    appUrl: context.appUrl,
    entityCount: scored.length,
    levels: [...counts].map(([title, count]) => ({ title, count })).toReversed(),
    topTeams: rankTeams(scored).slice(0, SHOWN),
    highestRules: scored.length > 0 ? rules.slice(0, SHOWN) : [],
    lowestRules: scored.length > 0 ? rules.slice(SHOWN).slice(-SHOWN) : [],
  };
}

/** Teams by the share of rules their entities pass: what a team achieves, not how much it owns. */
function rankTeams(
  scored: readonly { teams: readonly string[]; rules: readonly unknown[]; passed: number }[],
): readonly Share[] {
  const totals = new Map<string, { passed: number; rules: number }>();
  for (const { teams, rules, passed } of scored) {
    for (const team of teams) {
      const total = totals.get(team) ?? { passed: 0, rules: 0 };
      totals.set(team, { passed: total.passed + passed, rules: total.rules + rules.length });
    }
  }
  return [...totals]
    .filter(([, total]) => total.rules > 0)
    .map(([title, total]) => ({ title, share: fraction(total.passed, total.rules) }))
    .toSorted((a, b) => b.share - a.share || a.title.localeCompare(b.title, 'en'));
}

function teamsOf(entity: ScoredEntity): readonly string[] {
  const team = entity.team ?? [];
  return [...new Set(typeof team === 'string' ? [team] : team)].filter((name) => name !== '');
}

function fraction(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
