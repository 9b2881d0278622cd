/** One rule's outcome on one entity, as the entity carries it on the wire. */
export interface RuleResult {
  readonly identifier: string;
  readonly status: string;
  readonly level?: string;
}

/** The parts of a wire entity that reminders and reports read. Absent and null both mean "nothing there". */
export interface ScoredEntity {
  readonly identifier: string;
  readonly title?: string | null | undefined;
  readonly team?: string | readonly string[] | null | undefined;
  readonly scorecards?:
    | Readonly<Record<string, { readonly level?: string | null; readonly rules?: readonly RuleResult[] | null }>>
    | null
    | undefined;
}

export interface ScorecardOutline {
  readonly identifier: string;
  readonly title?: string | null | undefined;
  readonly levels?: readonly { readonly title: string }[] | null | undefined;
  readonly rules: readonly { readonly identifier: string; readonly title?: string | null | undefined }[];
}

export interface ReminderEntry {
  readonly identifier: string;
  readonly title: string;
  readonly url: string;
  readonly passed: number;
  readonly total: number;
}

export interface ReminderSelection {
  readonly blueprint: string;
  readonly scorecardTitle: string;
  /** All entities looked at, also those that need no reminder. Zero means: say nothing. */
  readonly entityCount: number;
  readonly unmetCount: number;
  /** Levels in the order in which an entity on them first appears. */
  readonly groups: readonly { readonly level: string; readonly entries: readonly ReminderEntry[] }[];
}

/** Where the product shows things; `appUrl` is the address people open, without a trailing slash or with one. */
export interface ReminderContext {
  readonly blueprint: string;
  readonly appUrl: string;
}

const DEFAULT_LEVELS = ['Basic', 'Bronze', 'Silver', 'Gold'];
const byTitle = new Intl.Collator('en', { numeric: true });

export function levelTitles(scorecard: ScorecardOutline): readonly string[] {
  const titles = (scorecard.levels ?? []).map((level) => level.title);
  return titles.length > 0 ? titles : DEFAULT_LEVELS;
}

/** The entity's standing on one scorecard, or undefined when the scorecard does not apply to it. */
export function standing(
  entity: ScoredEntity,
  scorecard: ScorecardOutline,
): { level: string; rules: readonly RuleResult[]; passed: number } | undefined {
  const card = entity.scorecards;
  const result = card && Object.hasOwn(card, scorecard.identifier) ? card[scorecard.identifier] : undefined;
  if (!result) return undefined;
  const rules = result.rules ?? [];
  const passed = rules.filter((rule) => rule.status === 'SUCCESS').length;
  return { level: result.level ?? levelTitles(scorecard)[0] ?? '', rules, passed };
}

/** The page of one entity: `<app>/<blueprint>Entity?identifier=<id>`, the address that Port's own messages use. */
export function entityPageUrl(identifier: string, context: ReminderContext): string {
  const base = context.appUrl.replace(/\/+$/, '');
  return `${base}/${encodeURIComponent(context.blueprint.toWellFormed())}Entity?identifier=${encodeURIComponent(identifier.toWellFormed())}`;
}

/**
 * Who needs a reminder: entities below the last level that fail at least one rule. Both conditions count, since an
 * entity that passes every rule stays below the last level when that level holds no rule.
 */
export function selectReminder(
  entities: readonly ScoredEntity[],
  scorecard: ScorecardOutline,
  context: ReminderContext,
): ReminderSelection {
  const lastLevel = levelTitles(scorecard).at(-1);
  const groups = new Map<string, ReminderEntry[]>();
  let unmetCount = 0;
  for (const entity of entities) {
    const result = standing(entity, scorecard);
    if (!result || result.level === lastLevel || result.passed >= result.rules.length) continue;
    unmetCount += 1;
    const entries = groups.get(result.level) ?? [];
    groups.set(result.level, entries);
    entries.push({
      identifier: entity.identifier,
      title: entity.title || entity.identifier,
      url: entityPageUrl(entity.identifier, context),
      passed: result.passed,
      total: result.rules.length,
    });
  }
  return {
    blueprint: context.blueprint,
    scorecardTitle: scorecard.title || scorecard.identifier,
    entityCount: entities.length,
    unmetCount,
    groups: [...groups].map(([level, entries]) => ({ level, entries: entries.toSorted(closestToDoneFirst) })),
  };
}

function closestToDoneFirst(a: ReminderEntry, b: ReminderEntry): number {
  return b.passed - a.passed || byTitle.compare(a.title, b.title) || byTitle.compare(a.identifier, b.identifier);
}
