import { Button, CloseButton, Popover } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../api/wire.ts';
import type { Rule } from './api.ts';
import { ConditionEditor } from './condition-editor.tsx';
import { asks, type Condition, type Field } from './conditions.ts';
import classes from './filter-bar.module.css';

export interface FilterBarProps {
  readonly blueprint: Blueprint;
  readonly fields: readonly Field[];
  readonly conditions: readonly Condition[];
  readonly q: string;
  /** Rules beside the conditions: values are counted among what these leave. */
  readonly base?: readonly Rule[];
  readonly onChange: (conditions: readonly Condition[]) => void;
}

/** Chips that read as a sentence ("Tier is 1 or 2"); pressing one changes it, and a button adds another. */
export function FilterBar(props: FilterBarProps) {
  const { fields, conditions, onChange } = props;
  const { t } = useTranslation('table');
  const [open, setOpen] = useState<number | 'new'>();
  const [first] = fields;
  if (first === undefined) return null;
  const put = (index: number, next: Condition | null): void =>
    onChange(next === null ? conditions.toSpliced(index, 1) : conditions.toSpliced(index, 1, next));
  return (
    <>
      {conditions.map((condition, index) => (
        <Popover
          key={`${index} ${condition.field}`}
          opened={open === index}
          onChange={(opened) => setOpen(opened ? index : undefined)}
          position="bottom-start"
          shadow="md"
          width={460}
          trapFocus
        >
          <Popover.Target>
            <ConditionChip
              condition={condition}
              fields={fields}
              onOpen={() => setOpen(open === index ? undefined : index)}
              onRemove={() => put(index, null)}
            />
          </Popover.Target>
          <Popover.Dropdown p={0} aria-label={t('filter.edit')}>
            <ConditionEditor
              {...props}
              condition={condition}
              onCondition={(next) => put(index, next)}
              others={conditions.toSpliced(index, 1)}
            />
          </Popover.Dropdown>
        </Popover>
      ))}
      <Popover
        opened={open === 'new'}
        onChange={(opened) => setOpen(opened ? 'new' : undefined)}
        position="bottom-start"
        shadow="md"
        width={460}
        trapFocus
      >
        <Popover.Target>
          <Button
            variant="default"
            leftSection={<IconFilter size={16} />}
            onClick={() => setOpen(open === 'new' ? undefined : 'new')}
          >
            {t('filter.add')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={0} aria-label={t('filter.add')}>
          <ConditionEditor
            {...props}
            condition={null}
            others={conditions}
            onCondition={(next) => {
              if (next === null) return;
              onChange([...conditions, next]);
              setOpen(conditions.length);
            }}
          />
        </Popover.Dropdown>
      </Popover>
    </>
  );
}

interface ConditionChipProps extends Omit<FilterChipProps, 'sentence'> {
  readonly condition: Condition;
  readonly fields: readonly Field[];
}

function ConditionChip({ condition, fields, ...rest }: ConditionChipProps) {
  return <FilterChip {...rest} sentence={useSentence(condition, fields)} />;
}

interface FilterChipProps {
  readonly sentence: string;
  readonly onOpen: () => void;
  readonly onRemove: () => void;
  readonly ref?: React.Ref<HTMLSpanElement>;
}

export function FilterChip({ sentence, onOpen, onRemove, ref }: FilterChipProps) {
  const { t } = useTranslation('table');
  return (
    <span ref={ref} className={classes['chip']}>
      <button type="button" className={classes['sentence']} aria-haspopup="dialog" title={sentence} onClick={onOpen}>
        {sentence}
      </button>
      <CloseButton size="xs" aria-label={t('filter.remove', { filter: sentence })} onClick={onRemove} />
    </span>
  );
}

function useSentence({ field, operator, values }: Condition, fields: readonly Field[]): string {
  const { t, i18n } = useTranslation('table');
  const listed = new Intl.ListFormat(i18n.language, { type: 'disjunction' });
  const title = fields.find((one) => one.key === field)?.title ?? field;
  const words = values.map((value) => {
    if (asks(operator) === 'preset') return t(`preset.${value}`, { defaultValue: value });
    return value === 'true' ? t('common:yes') : value === 'false' ? t('common:no') : value;
  });
  return t(`sentence.${operator}`, { field: title, values: listed.format(words) });
}
