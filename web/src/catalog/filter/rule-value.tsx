import { Autocomplete, NumberInput, SegmentedControl, Select, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Json } from '../../api/wire.ts';
import { facetsQuery } from '../table-api.ts';
import classes from './filter-builder.module.css';
import { textOf, type WireRule } from './rule-tree.ts';
import { asksNumber, needs, type SubjectChoice, withValue } from './rule-subjects.ts';

interface RuleValueProps {
  readonly blueprint: string;
  readonly rule: WireRule;
  readonly subject: SubjectChoice;
  readonly error: boolean;
  readonly onChange: (rule: WireRule) => void;
}

const presets =
  'today yesterday tomorrow lastDay lastWeek last2Weeks lastMonth last3Months last6Months last12Months last2Years last3Years nextDay nextWeek next2Weeks nextMonth next3Months next6Months next12Months'.split(
    ' ',
  );

const isContext = (value: Json | undefined): value is { readonly context: string; readonly property: string } =>
  typeof value === 'object' && value !== null && 'context' in value;

/** What a rule compares with: said here, or read from whoever looks. */
export function RuleValue(props: RuleValueProps) {
  const { rule, subject, onChange } = props;
  const { t } = useTranslation('table');
  const operator = textOf(rule['operator']);
  const needed = needs(operator);
  if (needed === 'nothing') return null;
  const { value } = rule;
  const mayAsk = needed !== 'range' && needed !== 'identifiers' && subject.kind !== 'boolean';
  const source = isContext(value) ? value.context : 'here';
  return (
    <div className={classes['value']}>
      {mayAsk && (
        <Select
          size="xs"
          w={112}
          allowDeselect={false}
          aria-label={t('builder.source')}
          value={source}
          data={['here', 'user', 'userTeams'].map((one) => ({ value: one, label: t(`builder.from.${one}`) }))}
          onChange={(next) => {
            if (next === 'here' || next === null) onChange(withValue(rule, needed === 'list' ? [] : ''));
            else onChange(withValue(rule, { context: next, property: '$identifier' }));
          }}
        />
      )}
      {isContext(value) ? (
        <TextInput
          size="xs"
          aria-label={t('builder.property')}
          value={value.property}
          error={props.error}
          onChange={(event) => onChange(withValue(rule, { ...value, property: event.currentTarget.value }))}
        />
      ) : needed === 'range' ? (
        <RangeValue {...props} />
      ) : needed === 'one' ? (
        <OneValue {...props} operator={operator} />
      ) : (
        <ListValue {...props} operator={operator} />
      )}
    </div>
  );
}

function ListValue({
  blueprint,
  rule,
  subject,
  error,
  onChange,
  operator,
}: RuleValueProps & { readonly operator: string }) {
  const { t } = useTranslation('table');
  const { data } = useQuery({
    ...facetsQuery({ blueprint, rules: [], q: '' }, subject.facet === undefined ? [] : [subject.facet]),
    enabled: subject.facet !== undefined && subject.choices === undefined,
    staleTime: 60_000,
  });
  const counted = data?.facets[subject.facet ?? '']?.flatMap(({ value }) => (value === null ? [] : [value]));
  const isNumber = asksNumber(subject.kind, operator);
  const given = Array.isArray(rule['value']) ? (rule['value'] as readonly Json[]).map(String) : [];
  return (
    <TagsInput
      size="xs"
      className={classes['grow'] ?? ''}
      aria-label={t('filter.value')}
      placeholder={given.length === 0 ? t('builder.values') : ''}
      data={[...(subject.choices ?? counted ?? [])]}
      value={given}
      error={error}
      onChange={(next) =>
        onChange(
          withValue(
            rule,
            next.map((text) => (isNumber && Number.isFinite(Number(text)) ? Number(text) : text)),
          ),
        )
      }
    />
  );
}

function OneValue({ rule, subject, error, onChange, operator }: RuleValueProps & { readonly operator: string }) {
  const { t } = useTranslation(['table', 'common']);
  const { value } = rule;
  const label = { size: 'xs', 'aria-label': t('filter.value'), error } as const;
  if (subject.kind === 'boolean') {
    return (
      <SegmentedControl
        size="xs"
        aria-label={t('filter.value')}
        value={value === false ? 'no' : 'yes'}
        data={[
          { value: 'yes', label: t('common:yes') },
          { value: 'no', label: t('common:no') },
        ]}
        onChange={(next) => onChange(withValue(rule, next === 'yes'))}
      />
    );
  }
  if (asksNumber(subject.kind, operator)) {
    return (
      <NumberInput
        {...label}
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => onChange(withValue(rule, typeof next === 'number' ? next : Number(next) || 0))}
      />
    );
  }
  const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
  if (subject.kind === 'date' || ['>', '>=', '<', '<='].includes(operator)) {
    return (
      <TextInput
        {...label}
        className={classes['grow'] ?? ''}
        placeholder="2026-01-31T12:00:00Z"
        value={text}
        onChange={(event) => onChange(withValue(rule, comparand(event.currentTarget.value, subject)))}
      />
    );
  }
  return (
    <Autocomplete
      {...label}
      className={classes['grow'] ?? ''}
      data={[...(subject.choices ?? [])]}
      value={text}
      onChange={(next) => onChange(withValue(rule, next))}
    />
  );
}

/** What may hold anything is compared with a number where one is typed. */
const comparand = (text: string, { kind }: SubjectChoice): Json =>
  kind === 'any' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;

function RangeValue({ rule, error, onChange }: RuleValueProps) {
  const { t } = useTranslation('table');
  const value = rule['value'];
  const range = typeof value === 'object' && value !== null ? (value as WireRule) : {};
  const preset = typeof range['preset'] === 'string' ? range['preset'] : 'dates';
  const end = (key: 'from' | 'to') => (
    <TextInput
      size="xs"
      type="date"
      aria-label={t(key === 'from' ? 'builder.since' : 'builder.to')}
      error={error}
      value={textOf(range[key]).slice(0, 10)}
      onChange={(event) => onChange(withValue(rule, { ...range, [key]: atEdge(event.currentTarget.value, key) }))}
    />
  );
  return (
    <>
      <Select
        size="xs"
        w={150}
        allowDeselect={false}
        aria-label={t('filter.value')}
        value={preset}
        data={[...presets, 'dates'].map((one) => ({ value: one, label: t(`preset.${one}`) }))}
        onChange={(next) => {
          const today = new Date().toISOString().slice(0, 10);
          const dates = { from: atEdge(today, 'from'), to: atEdge(today, 'to') };
          if (next !== null) onChange(withValue(rule, next === 'dates' ? dates : { preset: next }));
        }}
      />
      {preset === 'dates' && end('from')}
      {preset === 'dates' && end('to')}
    </>
  );
}

/** Both ends belong to the range, so the last day is taken to its end. */
const atEdge = (day: string, key: 'from' | 'to'): string =>
  day === '' ? '' : `${day}T${key === 'from' ? '00:00:00.000' : '23:59:59.999'}Z`;
