import { ActionIcon, Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { blueprintsQuery } from '../../catalog/api.ts';
import { propertiesOf } from '../../catalog/columns.ts';
import { isPlain } from './paths.ts';
import classes from './rule-list.module.css';

export interface SimpleRule {
  readonly property: string;
  readonly operator: string;
  readonly value?: unknown;
}

export interface SimpleQuery {
  readonly combinator: 'and' | 'or';
  readonly rules: readonly SimpleRule[];
}

const operators = [
  '=',
  '!=',
  'contains',
  'doesNotContain',
  'in',
  '>',
  '<',
  '>=',
  '<=',
  'isEmpty',
  'isNotEmpty',
] as const;
const alone = new Set(['isEmpty', 'isNotEmpty']);
const ruleKeys = new Set(['property', 'operator', 'value']);
const metaProperties = ['$identifier', '$title', '$team', '$createdAt', '$updatedAt'] as const;

/** The query as flat rules, or undefined when it says more than these can. */
export function simpleQuery(value: unknown): SimpleQuery | undefined {
  if (!isPlain(value)) return { combinator: 'and', rules: [] };
  const { combinator = 'and', rules = [] } = value;
  if ((combinator !== 'and' && combinator !== 'or') || !Array.isArray(rules)) return undefined;
  const simple = rules.every(
    (rule: unknown) =>
      isPlain(rule) &&
      typeof rule['property'] === 'string' &&
      typeof rule['operator'] === 'string' &&
      Object.keys(rule).every((key) => ruleKeys.has(key)),
  );
  return simple ? { combinator, rules: rules as readonly SimpleRule[] } : undefined;
}

/** Text as the value it stands for: a number for numbers, a list for lists, a query for what begins with `jq:`. */
export function ruleValue(text: string, operator: string, type: string | undefined): unknown {
  if (text.startsWith('jq:')) return { jqQuery: text.slice(3).trim() };
  const one = (part: string): unknown => {
    if (type === 'number' && part.trim() !== '' && !Number.isNaN(Number(part))) return Number(part);
    if (type === 'boolean' && (part === 'true' || part === 'false')) return part === 'true';
    return part;
  };
  return operator === 'in' ? text.split(',').map((part) => one(part.trim())) : one(text);
}

export function ruleText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (isPlain(value) && typeof value['jqQuery'] === 'string') return `jq: ${value['jqQuery']}`;
  if (Array.isArray(value)) return value.map(ruleText).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}

interface RuleListProps {
  readonly label: string;
  readonly blueprint: string | undefined;
  readonly query: SimpleQuery;
  /** Values may be computed in the form. */
  readonly computed?: boolean;
  readonly onChange: (query: SimpleQuery) => void;
}

/** Conditions on an entity, one a line. */
export function RuleList({ label, blueprint, query, computed = false, onChange }: RuleListProps) {
  const { t } = useTranslation('action-editor');
  const { rules, combinator } = query;
  const change = (index: number, rule: SimpleRule | undefined): void =>
    onChange({
      ...query,
      rules: rules.flatMap((one, at) => (at === index ? (rule === undefined ? [] : [rule]) : [one])),
    });
  return (
    <div className={classes['rules']} role="group" aria-label={label}>
      {rules.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={t('rules.combinator')}
          value={combinator}
          data={[
            { value: 'and', label: t('rules.and') },
            { value: 'or', label: t('rules.or') },
          ]}
          onChange={(next) => onChange({ ...query, combinator: next as 'and' | 'or' })}
        />
      )}
      {rules.map((rule, index) => (
        // Rules have no names; their place is who they are.
        <RuleLine key={index} blueprint={blueprint} rule={rule} onChange={(next) => change(index, next)} />
      ))}
      <div className={classes['foot']}>
        <Button
          variant="subtle"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() =>
            onChange({ ...query, rules: [...rules, { property: '$identifier', operator: '=', value: '' }] })
          }
        >
          {t('rules.add')}
        </Button>
        {computed && rules.length > 0 && <small>{t('rules.jq')}</small>}
      </div>
    </div>
  );
}

interface RuleLineProps {
  readonly blueprint: string | undefined;
  readonly rule: SimpleRule;
  readonly onChange: (rule: SimpleRule | undefined) => void;
}

function RuleLine({ blueprint, rule, onChange }: RuleLineProps) {
  const { t } = useTranslation('action-editor');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const found = blueprints.find((one) => one.identifier === blueprint);
  const properties = found === undefined ? [] : propertiesOf(found);
  const type = properties.find((one) => one.key === rule.property)?.schema.type;
  const data = [
    ...metaProperties.map((key) => ({ value: key, label: t(`rules.meta.${key.slice(1)}`) })),
    ...properties.map((one) => ({ value: one.key, label: one.title })),
    ...Object.entries(found?.relations ?? {}).map(([key, one]) => ({ value: key, label: one.title ?? key })),
  ];
  const known = data.some((one) => one.value === rule.property);
  const listed = operators.some((one) => one === rule.operator) ? [...operators] : [...operators, rule.operator];
  return (
    <div className={classes['line']}>
      <Select
        size="xs"
        aria-label={t('rules.property')}
        searchable
        allowDeselect={false}
        data={known ? data : [...data, { value: rule.property, label: rule.property }]}
        value={rule.property}
        onChange={(property) => onChange({ ...rule, property: property ?? rule.property })}
      />
      <Select
        size="xs"
        aria-label={t('rules.operator')}
        allowDeselect={false}
        data={listed.map((one) => ({ value: one, label: t(`rules.operators.${one}`, { defaultValue: one }) }))}
        value={rule.operator}
        onChange={(operator) => {
          const { value, ...rest } = { ...rule, operator: operator ?? rule.operator };
          onChange(
            alone.has(rest.operator) ? rest : { ...rest, value: ruleValue(ruleText(value), rest.operator, type) },
          );
        }}
      />
      {alone.has(rule.operator) ? (
        <span />
      ) : (
        <TextInput
          size="xs"
          aria-label={t('rules.value')}
          value={ruleText(rule.value)}
          onChange={(event) => onChange({ ...rule, value: ruleValue(event.currentTarget.value, rule.operator, type) })}
        />
      )}
      <ActionIcon aria-label={t('rules.remove')} onClick={() => onChange(undefined)}>
        <IconX size={15} />
      </ActionIcon>
    </div>
  );
}
