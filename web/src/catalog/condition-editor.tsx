import { Button, Checkbox, ScrollArea, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule } from './api.ts';
import {
  asks,
  type Condition,
  type Field,
  type Operator,
  operators,
  operatorsOf,
  presets,
  rulesOf,
} from './conditions.ts';
import type { FilterBarProps } from './filter-bar.tsx';
import classes from './filter-bar.module.css';
import { facetsQuery } from './table-api.ts';

interface ConditionEditorProps extends FilterBarProps {
  readonly condition: Condition | null;
  /** The conditions beside this one: values are counted among what these leave. */
  readonly others: readonly Condition[];
  readonly onCondition: (condition: Condition | null) => void;
}

/** A field on the left; on the right how it is asked and for what, with how many entities have each value. */
export function ConditionEditor(props: ConditionEditorProps) {
  const { fields, condition, onCondition } = props;
  const { t } = useTranslation('table');
  const [picked, setPicked] = useState<string>();
  const field = fields.find((one) => one.key === (condition?.field ?? picked)) ?? fields[0];
  const [chosen, setChosen] = useState<Operator>();
  if (field === undefined) return null;
  const possible = operatorsOf(field);
  const operator = condition?.operator ?? (chosen !== undefined && possible.includes(chosen) ? chosen : possible[0]);
  if (operator === undefined) return null;
  const put = (next: Operator, values: readonly string[]): void =>
    onCondition(asks(next) !== 'nothing' && values.length === 0 ? null : { field: field.key, operator: next, values });
  const change = (next: Operator): void => {
    setChosen(next);
    if (asks(next) === 'nothing') put(next, []);
    else if (condition !== null && asks(next) === asks(operator)) put(next, condition.values);
    else if (asks(next) === 'preset') put(next, ['lastWeek']);
  };
  return (
    <div className={classes['menu']}>
      <ul>
        {fields.map((one) => (
          <li key={one.key}>
            <button
              type="button"
              data-active={one === field || undefined}
              aria-pressed={one === field}
              disabled={condition !== null && one !== field}
              onClick={() => setPicked(one.key)}
            >
              {one.title}
            </button>
          </li>
        ))}
      </ul>
      <Stack gap={10} p={12} role="group" aria-label={field.title}>
        <Select
          size="xs"
          aria-label={t('filter.operator')}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          value={operator}
          data={possible.map((one) => ({ value: one, label: t(`operator.${one}`) }))}
          onChange={(next) => {
            const known = operators.find((one) => one === next);
            if (known !== undefined) change(known);
          }}
        />
        <ValuePart
          key={`${field.key} ${operator}`}
          {...props}
          field={field}
          operator={operator}
          values={condition?.values ?? []}
          onValues={(values) => put(operator, values)}
        />
      </Stack>
    </div>
  );
}

interface ValuePartProps extends ConditionEditorProps {
  readonly field: Field;
  readonly operator: Operator;
  readonly values: readonly string[];
  readonly onValues: (values: readonly string[]) => void;
}

function ValuePart(props: ValuePartProps) {
  const { operator, values, onValues } = props;
  const { t } = useTranslation('table');
  const [typed, setTyped] = useState(values[0] ?? '');
  const asked = asks(operator);
  if (asked === 'values') return <ValueList {...props} />;
  if (asked === 'nothing') {
    return (
      <Button size="xs" variant="default" onClick={() => onValues([])}>
        {t('filter.apply')}
      </Button>
    );
  }
  if (asked === 'preset') {
    return (
      <SegmentedControl
        size="xs"
        orientation="vertical"
        aria-label={t('filter.value')}
        value={values[0] ?? ''}
        data={presets.map((preset) => ({ value: preset, label: t(`preset.${preset}`) }))}
        onChange={(preset) => onValues([preset])}
      />
    );
  }
  const isNumber = asked === 'number';
  const isRight = typed !== '' && (!isNumber || Number.isFinite(Number(typed)));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isRight) onValues([typed]);
      }}
    >
      <TextInput
        size="xs"
        data-autofocus
        inputMode={isNumber ? 'decimal' : 'text'}
        aria-label={t('filter.value')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        rightSectionWidth={72}
        rightSection={
          <Button size="compact-xs" variant="light" type="submit" disabled={!isRight}>
            {t('filter.apply')}
          </Button>
        }
      />
    </form>
  );
}

const noRules: readonly Rule[] = [];

function ValueList({ blueprint, base = noRules, others, q, field, values, onValues }: ValuePartProps) {
  const { t } = useTranslation('table');
  const facets = useQuery(
    facetsQuery({ blueprint: blueprint.identifier, rules: [...base, ...rulesOf(others, blueprint)], q }, [field.key]),
  );
  const found = (facets.data?.facets[field.key] ?? []).filter((one) => one.value !== null);
  const counted = new Map(found.map((one) => [one.value, one.count]));
  const shown = [...values.filter((value) => !counted.has(value)), ...found.map((one) => one.value ?? '')];
  return (
    <ScrollArea.Autosize mah={260}>
      <Stack gap={8}>
        {shown.length === 0 && (
          <span className={classes['none']}>{t(facets.isPending ? 'filter.counting' : 'filter.noValues')}</span>
        )}
        {shown.map((value) => (
          <Checkbox
            key={value}
            size="xs"
            classNames={{ body: classes['value'] ?? '', labelWrapper: classes['label'] ?? '' }}
            label={
              <span className={classes['counted']}>
                <span>{value === 'true' ? t('common:yes') : value === 'false' ? t('common:no') : value}</span>
                <span>{counted.get(value) ?? 0}</span>
              </span>
            }
            checked={values.includes(value)}
            onChange={(event) =>
              onValues(event.currentTarget.checked ? [...values, value] : values.filter((one) => one !== value))
            }
          />
        ))}
      </Stack>
    </ScrollArea.Autosize>
  );
}
