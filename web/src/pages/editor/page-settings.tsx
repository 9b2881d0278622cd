import { ActionIcon, Button, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { IconPicker } from '../../actions/editor/icon-picker.tsx';
import type { Json } from '../../api/wire.ts';
import { rulesOf } from '../../catalog/conditions.ts';
import { FilterBar } from '../../catalog/filter-bar.tsx';
import type { PageFilter, StoredPage } from '../api.ts';
import classes from '../board.module.css';
import { useFields, useMainBlueprint } from '../page-filters.tsx';
import { newId } from '../templates.ts';
import { textOf } from '../widget.ts';
import { conditionsOf } from './dataset-conditions.ts';
import type { Draft } from './draft.ts';

interface PageSettingsProps {
  readonly stored: StoredPage;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly onClose: () => void;
}

/** What holds for the page as a whole: its icon, its filters, who may narrow it and whether the rail shows it. */
export function PageSettings({ stored, draft, onChange, onClose }: PageSettingsProps) {
  const { t } = useTranslation(['pages', 'common']);
  const isListed = stored.page.type !== 'home' && stored.page.type !== 'entity';
  return (
    <Modal
      opened
      size={640}
      onClose={onClose}
      title={t('whole.title')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack gap={16}>
        <div>
          <p className={classes['label']}>{t('whole.icon')}</p>
          <IconPicker
            label={t('whole.icon')}
            value={draft.icon}
            onChange={(icon) => onChange({ ...draft, icon: icon ?? '' })}
          />
        </div>
        {isListed && (
          <Switch
            label={t('whole.inSidebar')}
            checked={draft.showInSidebar}
            onChange={(event) => onChange({ ...draft, showInSidebar: event.currentTarget.checked })}
          />
        )}
        <Switch
          label={t('whole.locked')}
          description={t('whole.lockedHelp')}
          checked={draft.locked}
          onChange={(event) => onChange({ ...draft, locked: event.currentTarget.checked })}
        />
        <FilterList stored={stored} draft={draft} onChange={onChange} />
        <Button onClick={onClose}>{t('whole.done')}</Button>
      </Stack>
    </Modal>
  );
}

function FilterList({ stored, draft, onChange }: Omit<PageSettingsProps, 'onClose'>) {
  const { t } = useTranslation('pages');
  const blueprint = useMainBlueprint({ ...stored.page, widgets: draft.widgets });
  const fields = useFields(blueprint);
  const filters = draft.pageFilters;
  const setFilters = (pageFilters: readonly PageFilter[]): void => onChange({ ...draft, pageFilters });
  const put = (index: number, change: Partial<PageFilter>): void =>
    setFilters(filters.with(index, { ...filters[index], ...change } as PageFilter));
  return (
    <div>
      <p className={classes['label']}>{t('whole.filters')}</p>
      <p className={classes['help']}>{t('whole.filtersHelp')}</p>
      {filters.map((filter, index) => {
        const conditions = conditionsOf({ dataset: filter.query });
        return (
          <div key={textOf(filter, 'identifier') || index} className={classes['filter']}>
            <TextInput
              aria-label={t('whole.filterName')}
              value={textOf(filter, 'title')}
              maxLength={100}
              onChange={(event) => put(index, { title: event.currentTarget.value })}
              rightSection={
                <ActionIcon
                  aria-label={t('whole.removeFilter', { title: textOf(filter, 'title') })}
                  onClick={() => setFilters(filters.toSpliced(index, 1))}
                >
                  <IconTrash size={15} />
                </ActionIcon>
              }
            />
            {conditions === null || blueprint === undefined ? (
              <code>{JSON.stringify(filter.query)}</code>
            ) : (
              <div className={classes['bar']}>
                <FilterBar
                  blueprint={blueprint}
                  fields={fields}
                  conditions={conditions}
                  q=""
                  onChange={(next) =>
                    put(index, {
                      query: { combinator: 'and', rules: rulesOf(next, blueprint) as unknown as Json },
                    })
                  }
                />
              </div>
            )}
          </div>
        );
      })}
      {blueprint !== undefined && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={15} />}
          onClick={() =>
            setFilters([
              ...filters,
              { identifier: newId(), title: t('whole.newFilter'), query: { combinator: 'and', rules: [] } },
            ])
          }
        >
          {t('whole.addFilter')}
        </Button>
      )}
    </div>
  );
}
