/** A rule that an entity fails, and the one to see to first. */
export interface FailingRule {
  readonly blueprint: string;
  readonly entity: string;
  readonly title: string;
  readonly scorecard: string;
  readonly rule: string;
  readonly level: string;
}

export interface ScoredRow {
  readonly blueprint: string;
  readonly identifier: string;
  readonly title: string;
  readonly scorecards: Readonly<Record<string, Scores>>;
}

interface Scores {
  readonly rules: readonly { readonly identifier: string; readonly status: string; readonly level: string }[];
}

export interface ScorecardShape {
  readonly identifier: string;
  readonly blueprint: string;
  readonly levels: readonly { readonly title: string }[];
  readonly rules: readonly { readonly identifier: string; readonly title?: string | undefined }[];
}

/** For each entity and scorecard the first failing rule of the lowest level: fixing it is what lifts the level. */
export function nextRules(rows: readonly ScoredRow[], scorecards: readonly ScorecardShape[]): readonly FailingRule[] {
  return rows.flatMap((row) =>
    scorecards
      .filter((scorecard) => scorecard.blueprint === row.blueprint)
      .flatMap((scorecard) => {
        const rank = new Map(scorecard.levels.map((level, index) => [level.title, index]));
        const failed = (row.scorecards[scorecard.identifier]?.rules ?? [])
          .filter((rule) => rule.status === 'FAILURE')
          .toSorted((left, right) => (rank.get(left.level) ?? 0) - (rank.get(right.level) ?? 0))[0];
        if (failed === undefined) return [];
        const { blueprint, identifier: entity, title } = row;
        const rule = scorecard.rules.find((one) => one.identifier === failed.identifier)?.title ?? failed.identifier;
        return [{ blueprint, entity, title, scorecard: scorecard.identifier, rule, level: failed.level }];
      }),
  );
}
