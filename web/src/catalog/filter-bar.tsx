import { Button, Checkbox, CloseButton, Popover, ScrollArea, Stack } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './filter-bar.module.css';
import type { FilterField, Filters } from './filters.ts';

interface FilterBarProps {
  readonly fields: readonly FilterField[];
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

/** Chips that read as a sentence ("Tier is 1 or 2"), and a way to add one. */
export function FilterBar({ fields, filters, onChange }: FilterBarProps) {
  const { t, i18n } = useTranslation('catalog');
  const listed = new Intl.ListFormat(i18n.language, { type: 'disjunction' });
  return (
    <>
      <FilterMenu fields={fields} filters={filters} onChange={onChange} />
      {Object.entries(filters).map(([key, values]) => {
        const title = fields.find((field) => field.key === key)?.title ?? key;
        const words = t('filter.is', { field: title, values: listed.format(values.map((value) => labelOf(value, t))) });
        return (
          <span key={key} className={classes['chip']}>
            {words}
            <CloseButton
              size="xs"
              aria-label={t('filter.remove', { filter: words })}
              onClick={() => onChange({ ...filters, [key]: [] })}
            />
          </span>
        );
      })}
    </>
  );
}

const labelOf = (value: string, t: (key: string) => string): string =>
  value === 'true' ? t('common:yes') : value === 'false' ? t('common:no') : value;

function FilterMenu({ fields, filters, onChange }: FilterBarProps) {
  const { t } = useTranslation('catalog');
  const [chosen, setChosen] = useState<string>();
  const field = fields.find((one) => one.key === chosen) ?? fields[0];
  if (field === undefined) return null;
  const values = filters[field.key] ?? [];
  return (
    <Popover position="bottom-start" shadow="md" width={420} trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconFilter size={16} />}>
          {t('filter.add')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t('filter.add')}>
        <div className={classes['menu']}>
          <ul>
            {fields.map((one) => (
              <li key={one.key}>
                <button
                  type="button"
                  data-active={one === field || undefined}
                  aria-pressed={one === field}
                  onClick={() => setChosen(one.key)}
                >
                  {one.title}
                  {(filters[one.key]?.length ?? 0) > 0 && <span>{filters[one.key]?.length}</span>}
                </button>
              </li>
            ))}
          </ul>
          <ScrollArea.Autosize mah={280} p={12}>
            <Stack gap={10} role="group" aria-label={field.title}>
              {field.values.map((value) => (
                <Checkbox
                  key={value}
                  size="xs"
                  label={labelOf(value, t)}
                  checked={values.includes(value)}
                  onChange={(event) =>
                    onChange({
                      ...filters,
                      [field.key]: event.currentTarget.checked
                        ? [...values, value]
                        : values.filter((one) => one !== value),
                    })
                  }
                />
              ))}
            </Stack>
          </ScrollArea.Autosize>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
