import type { TFunction } from 'i18next';
import type { Blueprint, Condition, Entity, Json, Scorecard, ExemptionMark } from '../api/wire.ts';
import { isBlank, propertiesOf } from '../catalog/columns.ts';

type Rule = Scorecard['rules'][number];

const presets = new Set([
  'today',
  'yesterday',
  'tomorrow',
  'lastDay',
  'lastWeek',
  'last2Weeks',
  'lastMonth',
  'last3Months',
  'last6Months',
  'last12Months',
]);

const metaTitles: Readonly<Record<string, string>> = {
  $team: 'team',
  $title: 'title',
  $identifier: 'identifier',
  $createdAt: 'createdAt',
  $updatedAt: 'updatedAt',
};

function fieldOf(condition: Condition, blueprint: Blueprint | undefined, t: TFunction): string {
  const key = condition.property ?? condition.relation ?? '';
  const meta = metaTitles[key];
  if (meta !== undefined) return t(`scorecards:field.${meta}`);
  const property = blueprint === undefined ? undefined : propertiesOf(blueprint).find((one) => one.key === key);
  return property?.title ?? blueprint?.relations[key]?.title ?? key;
}

function valueWords(value: Json | undefined, t: TFunction, language: string): string {
  if (value === undefined || value === null) return t('scorecards:value.nothing');
  if (typeof value === 'boolean') return value ? t('common:yes') : t('common:no');
  if (typeof value === 'number') return new Intl.NumberFormat(language).format(value);
  if (Array.isArray(value))
    return new Intl.ListFormat(language, { type: 'disjunction' }).format(
      value.map((one) => valueWords(one as Json, t, language)),
    );
  if (typeof value === 'string') return `“${value}”`;
  const range = value as { preset?: string; from?: string; to?: string };
  if (range.preset !== undefined)
    return presets.has(range.preset) ? t(`scorecards:preset.${range.preset}`) : range.preset;
  return t('scorecards:value.range', { from: range.from, to: range.to });
}

/** Operator names that are not words are spelled out, so that the word lists have plain keys. */
const spelled: Readonly<Record<string, string>> = {
  '=': 'equals',
  '!=': 'differs',
  '>': 'above',
  '>=': 'atLeast',
  '<': 'below',
  '<=': 'atMost',
};

/** Chinese puts a blank between a Latin word and what follows, and none after its own characters. */
const spaced = (field: string, language: string): string =>
  language.startsWith('zh') && /[\w)%]$/.test(field) ? `${field} ` : field;

/** One condition as a sentence: "Test coverage is at least 70". */
export function conditionWords(
  condition: Condition,
  blueprint: Blueprint | undefined,
  t: TFunction,
  language: string,
): string {
  const flipped =
    condition.not === true
      ? ({ isEmpty: 'isNotEmpty', isNotEmpty: 'isEmpty' }[condition.operator] ?? condition.operator)
      : condition.operator;
  const operator = spelled[flipped] ?? flipped;
  return t(`scorecards:operator.${operator}`, {
    field: spaced(fieldOf(condition, blueprint, t), language),
    value: valueWords(condition.value, t, language),
    defaultValue: `${fieldOf(condition, blueprint, t)} ${flipped} ${valueWords(condition.value, t, language)}`,
  });
}

/** What the entity has now, for the field a condition looks at. */
export function presentValue(condition: Condition, entity: Entity, t: TFunction, language: string): string {
  const key = condition.property ?? condition.relation ?? '';
  const value = (key === '$team' ? entity.team : (entity.properties[key] ?? entity.relations[key])) as Json | undefined;
  return isBlank(value) ? t('scorecards:value.empty') : valueWords(value, t, language);
}

export interface RuleState {
  readonly rule: Rule;
  readonly passed: boolean;
  /** By which it passes although it does not hold. */
  readonly exemption: ExemptionMark | undefined;
}

/** The rules of a scorecard with the entity's results, and the one to fix next: the first failing rule of the lowest level. */
export function ruleStates(
  entity: Entity,
  scorecard: Scorecard,
): { readonly states: readonly RuleState[]; readonly next: Rule | undefined } {
  const results = entity.scorecards?.[scorecard.identifier]?.rules ?? [];
  const states = scorecard.rules.map((rule) => {
    const result = results.find((one) => one.identifier === rule.identifier);
    return { rule, passed: result?.status === 'SUCCESS', exemption: result?.exemption };
  });
  const order = scorecard.levels.map((level) => level.title);
  const next = states
    .filter((one) => !one.passed)
    .toSorted((left, right) => order.indexOf(left.rule.level) - order.indexOf(right.rule.level))[0];
  return { states, next: next?.rule };
}
