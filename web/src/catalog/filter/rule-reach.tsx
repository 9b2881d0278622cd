import { ActionIcon, Button, NumberInput, Select, TextInput } from '@mantine/core';
import { IconArrowRight, IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Json } from '../../api/wire.ts';
import { blueprintsQuery } from '../api.ts';
import classes from './filter-builder.module.css';
import { textOf, type WireRule } from './rule-tree.ts';

interface ReachProps {
  readonly blueprint: Blueprint;
  readonly rule: WireRule;
  readonly onChange: (rule: WireRule) => void;
}

/** What the rules that look beyond the entity, or at whoever asks, need to know besides. */
export function RuleReach(props: ReachProps) {
  const { rule } = props;
  const { property } = rule;
  if (rule['operator'] === 'relatedTo') return <Related {...props} />;
  if (rule['propertySchema'] !== undefined) return <AnyProperty {...props} />;
  if (typeof property !== 'object' || property === null || Array.isArray(property)) return null;
  return 'path' in property ? <Path {...props} /> : <Mine {...props} />;
}

function Related({ rule, onChange }: ReachProps) {
  const { t } = useTranslation('table');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { direction: _, required: __, ...bare } = rule;
  const required = rule['required'];
  return (
    <div className={classes['reach']}>
      <Select
        size="xs"
        searchable
        aria-label={t('builder.ofBlueprint')}
        value={textOf(rule['blueprint'])}
        data={blueprints.map((one) => ({ value: one.identifier, label: one.title }))}
        onChange={(next) => next !== null && onChange({ ...rule, blueprint: next })}
      />
      <Select
        size="xs"
        allowDeselect={false}
        aria-label={t('builder.direction')}
        value={textOf(rule['direction'], 'both')}
        data={['both', 'upstream', 'downstream'].map((one) => ({ value: one, label: t(`builder.directions.${one}`) }))}
        onChange={(next) => {
          const rest = required === undefined ? bare : { ...bare, required };
          onChange(next === 'both' || next === null ? rest : { ...rest, direction: next });
        }}
      />
      <Select
        size="xs"
        allowDeselect={false}
        aria-label={t('builder.over')}
        value={required === true ? 'true' : required === false ? 'false' : 'any'}
        data={['any', 'true', 'false'].map((one) => ({ value: one, label: t(`builder.required.${one}`) }))}
        onChange={(next) => {
          const rest = rule['direction'] === undefined ? bare : { ...bare, direction: rule['direction'] };
          onChange(next === 'any' || next === null ? rest : { ...rest, required: next === 'true' });
        }}
      />
    </div>
  );
}

interface Step {
  readonly relation: string;
  readonly maxHops?: number;
}

const stepsOf = (value: Json | undefined): readonly Step[] =>
  Array.isArray(value)
    ? (value as readonly Json[]).map((step) =>
        typeof step === 'object' && step !== null ? (step as unknown as Step) : { relation: textOf(step) },
      )
    : [];

function Path({ blueprint, rule, onChange }: ReachProps) {
  const { t } = useTranslation('table');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const property = rule['property'] as { readonly path?: Json; readonly fromBlueprint?: string };
  const steps = stepsOf(property.path);
  const put = (next: readonly Step[]): void =>
    onChange({ ...rule, property: { ...property, path: next.map(writeStep) } as unknown as Json });
  const { fromBlueprint, ...rest } = property;
  const names = [...new Set(blueprints.flatMap((one) => Object.keys(one.relations)))].toSorted();
  const first = Object.keys(blueprint.relations);
  return (
    <div className={classes['reach']}>
      <Select
        size="xs"
        searchable
        clearable
        placeholder={t('builder.fromHere')}
        aria-label={t('builder.fromBlueprint')}
        value={fromBlueprint ?? null}
        data={blueprints.map((one) => ({
          value: one.identifier,
          label: t('builder.fromOther', { blueprint: one.title }),
        }))}
        onChange={(next) =>
          onChange({ ...rule, property: (next === null ? rest : { ...rest, fromBlueprint: next }) as unknown as Json })
        }
      />
      {steps.map((step, index) => (
        <span key={`${index} ${step.relation}`} className={classes['step']}>
          <IconArrowRight size={14} aria-hidden />
          <Select
            size="xs"
            w={140}
            searchable
            aria-label={t('builder.relation')}
            value={step.relation === '' ? null : step.relation}
            data={index === 0 && fromBlueprint === undefined && first.length > 0 ? first : names}
            onChange={(next) => next !== null && put(steps.toSpliced(index, 1, { ...step, relation: next }))}
          />
          <NumberInput
            size="xs"
            w={64}
            min={1}
            max={15}
            aria-label={t('builder.hops')}
            value={step.maxHops ?? 1}
            onChange={(next) => put(steps.toSpliced(index, 1, { ...step, maxHops: Number(next) || 1 }))}
          />
          <ActionIcon
            size="sm"
            variant="subtle"
            aria-label={t('builder.removeStep')}
            onClick={() => put(steps.toSpliced(index, 1))}
          >
            <IconX size={13} />
          </ActionIcon>
        </span>
      ))}
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconPlus size={13} />}
        onClick={() => put([...steps, { relation: (steps.length === 0 ? first[0] : names[0]) ?? '' }])}
      >
        {t('builder.addStep')}
      </Button>
    </div>
  );
}

const writeStep = ({ relation, maxHops = 1 }: Step): Json => (maxHops === 1 ? relation : { relation, maxHops });

function Mine({ rule, onChange }: ReachProps) {
  const { t } = useTranslation('table');
  const property = rule['property'] as { readonly context: string; readonly property?: string };
  return (
    <div className={classes['reach']}>
      <TextInput
        size="xs"
        aria-label={t('builder.property')}
        value={property.property ?? ''}
        onChange={(event) => onChange({ ...rule, property: { ...property, property: event.currentTarget.value } })}
      />
    </div>
  );
}

const types = ['string', 'number', 'boolean', 'array', 'object'];

function AnyProperty({ rule, onChange }: ReachProps) {
  const { t } = useTranslation('table');
  const schema = rule['propertySchema'] as WireRule;
  return (
    <div className={classes['reach']}>
      <Select
        size="xs"
        allowDeselect={false}
        aria-label={t('builder.type')}
        value={textOf(schema['type'], 'string')}
        data={types.map((type) => ({ value: type, label: t(`builder.types.${type}`) }))}
        onChange={(type) => type !== null && onChange({ ...rule, propertySchema: { ...schema, type } })}
      />
      <TextInput
        size="xs"
        placeholder={t('builder.format')}
        aria-label={t('builder.format')}
        value={typeof schema['format'] === 'string' ? schema['format'] : ''}
        onChange={(event) => {
          const { format: _, ...rest } = schema;
          const format = event.currentTarget.value;
          onChange({ ...rule, propertySchema: format === '' ? rest : { ...rest, format } });
        }}
      />
    </div>
  );
}
