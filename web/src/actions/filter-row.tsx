import { Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Action } from '../api/wire.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { isDraft } from './api.ts';
import { GENERAL, grouped, type HubFilters, operations } from './hub-filters.ts';
import classes from './self-service-page.module.css';

interface FilterRowProps {
  readonly actions: readonly Action[];
  readonly filters: HubFilters;
  readonly onChange: (change: { readonly [key in keyof HubFilters]: string | undefined }) => void;
}

/** Search first, then a chip for each group. */
export function FilterRow({ actions, filters, onChange }: FilterRowProps) {
  const { t } = useTranslation(['self-service', 'actions']);
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const field = useRef<HTMLInputElement>(null);
  useShortcuts(useMemo(() => ({ '/': () => field.current?.focus() }), []));
  const drafts = actions.filter(isDraft).length;
  const groups = grouped(actions);
  return (
    <div className={classes['filters']}>
      <div className={classes['first']}>
        <TextInput
          ref={field}
          className={classes['search'] ?? ''}
          size="md"
          leftSection={<IconSearch size={18} stroke={1.6} />}
          placeholder={t('page.search', { ns: 'actions' })}
          aria-label={t('page.search', { ns: 'actions' })}
          value={filters.q ?? ''}
          onChange={(event) => onChange({ q: event.currentTarget.value })}
        />
        <Select
          size="md"
          w={176}
          clearable
          aria-label={t('filter.operation')}
          placeholder={t('filter.anyOperation')}
          data={operations.map((one) => ({ value: one, label: t(`filter.${one}`) }))}
          value={filters.operation ?? null}
          onChange={(operation) => onChange({ operation: operation ?? undefined })}
        />
      </div>
      {groups.length + (drafts > 0 ? 1 : 0) > 1 && (
        <div className={classes['chips']} role="group" aria-label={t('filter.groups')}>
          <FilterChip
            label={t('filter.all')}
            count={actions.length}
            pressed={filters.group === undefined && filters.state === undefined}
            onPress={() => onChange({ group: undefined, state: undefined })}
          />
          {groups.map(([group, members]) => (
            <FilterChip
              key={group}
              label={
                blueprints.find((one) => one.identifier === group)?.title ??
                (group === GENERAL ? t('page.general', { ns: 'actions' }) : group)
              }
              count={members.length}
              pressed={filters.group === group}
              onPress={() => onChange({ group: filters.group === group ? undefined : group })}
            />
          ))}
          {drafts > 0 && (
            <FilterChip
              label={t('filter.drafts')}
              count={drafts}
              pressed={filters.state === 'draft'}
              onPress={() => onChange({ state: filters.state === 'draft' ? undefined : 'draft' })}
            />
          )}
        </div>
      )}
    </div>
  );
}

interface FilterChipProps {
  readonly label: string;
  readonly count: number;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function FilterChip({ label, count, pressed, onPress }: FilterChipProps) {
  return (
    <button type="button" aria-pressed={pressed} onClick={onPress}>
      {label} <span>{count}</span>
    </button>
  );
}
