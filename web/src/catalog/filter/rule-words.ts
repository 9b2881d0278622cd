import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Json, Scorecard } from '../../api/wire.ts';
import { type Field, fieldsOf } from '../conditions.ts';
import { isGroup, type RuleNode, textOf, type WireRule } from './rule-tree.ts';
import { type SubjectChoice, subjectIdOf, subjectsOf } from './rule-subjects.ts';

export interface RuleWords {
  readonly fields: readonly Field[];
  readonly subjects: readonly SubjectChoice[];
  readonly subjectOf: (rule: WireRule) => SubjectChoice | undefined;
  /** A rule or a group as a sentence. */
  readonly say: (node: RuleNode) => string;
}

/** How the rules about a blueprint are said. */
export function useRuleWords(blueprint: Blueprint, scorecards: readonly Scorecard[]): RuleWords {
  const { t, i18n } = useTranslation(['table', 'catalog', 'common']);
  return useMemo(() => {
    const fields = fieldsOf(blueprint, scorecards, {
      team: t('catalog:team.title'),
      title: t('catalog:column.title'),
      updated: t('catalog:column.updated'),
      created: t('created'),
    });
    const subjects = subjectsOf(blueprint, scorecards, fields, {
      meta: (name) => t(`meta.${name.slice(1)}`),
      titleOf: (relation) => t('subject.titleOf', { relation }),
      special: (name) => t(`subject.${name}`),
    });
    const byId = new Map(subjects.map((one) => [one.id, one]));
    const subjectOf = (rule: WireRule): SubjectChoice | undefined => byId.get(subjectIdOf(rule) ?? '');
    const listed = new Intl.ListFormat(i18n.language, { type: 'disjunction' });
    const speech: Speech = { t, listed, subjectOf };
    return { fields, subjects, subjectOf, say: (node) => sayNode(speech, node, false) };
  }, [blueprint, scorecards, t, i18n.language]);
}

interface Speech {
  readonly t: TFunction<['table', 'catalog', 'common']>;
  readonly listed: Intl.ListFormat;
  readonly subjectOf: (rule: WireRule) => SubjectChoice | undefined;
}

function sayNode(speech: Speech, node: RuleNode, inner: boolean): string {
  if (!isGroup(node)) return sayRule(speech, node);
  const parts = node.rules.map((one) => sayNode(speech, one, true));
  if (parts.length === 0) return speech.t('sentence.everything');
  const whole = parts.join(speech.t(node.combinator === 'and' ? 'sentence.and' : 'sentence.or'));
  return inner && parts.length > 1 ? speech.t('sentence.within', { all: whole }) : whole;
}

function sayRule(speech: Speech, rule: WireRule): string {
  const { t, subjectOf } = speech;
  const operator = textOf(rule['operator']);
  const field = sayPlace(rule) ?? subjectOf(rule)?.title ?? textOf(rule['property'] ?? rule['scorecard'], '?');
  const values = sayValue(speech, rule['value']);
  if (operator === 'relatedTo') {
    const direction = textOf(rule['direction'], 'both');
    return t(`sentence.relatedTo.${direction}`, { values, blueprint: textOf(rule['blueprint']) });
  }
  return t(`sentence.${operator}`, { field, values, defaultValue: `${field} ${operator} ${values}` });
}

/** A path of relations, or a value of the person: what has no title of its own. */
function sayPlace({ property }: WireRule): string | undefined {
  if (typeof property !== 'object' || property === null || Array.isArray(property)) return undefined;
  const { path } = property as { readonly path?: Json };
  if (!Array.isArray(path)) return undefined;
  return (path as readonly Json[])
    .map((step) => (typeof step === 'object' && step !== null ? textOf((step as WireRule)['relation']) : String(step)))
    .join(' → ');
}

function sayValue({ t, listed }: Speech, value: Json | undefined): string {
  if (Array.isArray(value)) {
    const texts = (value as readonly Json[]).map((one) => sayScalar(t, one));
    return texts.length > 4 ? `${texts.slice(0, 3).join(', ')} +${texts.length - 3}` : listed.format(texts);
  }
  if (typeof value !== 'object' || value === null) return value === undefined ? '' : sayScalar(t, value);
  const { preset, from, to, context, property } = value as WireRule;
  if (typeof preset === 'string') return t(`preset.${preset}`, { defaultValue: preset });
  if (context !== undefined) return t(`context.${textOf(context)}`, { property: textOf(property) });
  return t('sentence.range', { from: textOf(from).slice(0, 10), to: textOf(to).slice(0, 10) });
}

function sayScalar(t: Speech['t'], value: Json): string {
  if (typeof value === 'boolean') return t(value ? 'common:yes' : 'common:no');
  if (value === null) return t('nothing');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
