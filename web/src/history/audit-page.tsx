import { Select, Tabs, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { blueprintsQuery } from '../catalog/api.ts';
import { FilteredRuns } from '../runs/filtered-runs.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { auditsQuery } from './api.ts';
import { AuditList } from './audit-list.tsx';
import classes from './audit-page.module.css';

const resources = ['entity', 'blueprint', 'run', 'scorecard', 'action', 'integration'];
const changes = ['CREATE', 'UPDATE', 'DELETE'];

export function AuditPage() {
  const { t } = useTranslation('history');
  const search = useSearch({ from: '/app/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const tab = search.tab ?? 'changes';
  const set = (next: Partial<typeof search>): void =>
    void navigate({ search: { ...search, ...next } as typeof search, replace: true });
  return (
    <Page title={t('title')} lead={t('lead')} icon={<IconHistory size={20} stroke={1.6} />}>
      <Tabs
        value={tab}
        onChange={(next) => void navigate({ search: next === 'runs' ? { tab: 'runs' } : {}, replace: true })}
        keepMounted={false}
      >
        <Tabs.List className={classes['tabs'] ?? ''}>
          <Tabs.Tab value="changes">{t('tabs.changes')}</Tabs.Tab>
          <Tabs.Tab value="runs">{t('tabs.runs')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="changes">
          <Changes search={search} set={set} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <FilteredRuns
            within={search.active === 'yes' ? { active: true } : {}}
            choice={{
              ...(search.action === undefined ? {} : { action: search.action }),
              ...(search.status === undefined ? {} : { status: search.status }),
              mine: search.mine === 'yes',
            }}
            choose={({ mine, ...choice }) =>
              set({ ...choice, ...(mine === undefined ? {} : { mine: mine ? 'yes' : '' }) })
            }
          />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

interface Search {
  readonly resource?: string;
  readonly action?: string;
  readonly entity?: string;
  readonly blueprint?: string;
  readonly active?: string;
  readonly status?: string;
  readonly mine?: string;
}

interface PartProps {
  readonly set: (next: Search) => void;
}

function Changes({ search, set }: PartProps & { readonly search: Search }) {
  const { t } = useTranslation('history');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const [entity] = useDebouncedValue(search.entity, 250);
  const audits = useQuery(
    auditsQuery({ resources: search.resource, action: search.action, entity, blueprint: search.blueprint }),
  );
  return (
    <div className={classes['part']}>
      <div className={classes['bar']}>
        <Select
          aria-label={t('filter.resource')}
          placeholder={t('filter.resource')}
          clearable
          clearButtonProps={{ 'aria-label': t('filter.clear') }}
          data={resources.map((value) => ({ value, label: t(`resource.${value}`) }))}
          value={search.resource ?? null}
          onChange={(next) => set({ resource: next ?? '' })}
        />
        <Select
          aria-label={t('filter.action')}
          placeholder={t('filter.action')}
          clearable
          clearButtonProps={{ 'aria-label': t('filter.clear') }}
          data={changes.map((value) => ({ value, label: t(`change.${value}`, { ns: 'runs' }) }))}
          value={search.action ?? null}
          onChange={(next) => set({ action: next ?? '' })}
        />
        <Select
          aria-label={t('filter.blueprint')}
          placeholder={t('filter.blueprint')}
          clearable
          searchable
          clearButtonProps={{ 'aria-label': t('filter.clear') }}
          data={blueprints.map((one) => ({ value: one.identifier, label: one.title }))}
          value={search.blueprint ?? null}
          onChange={(next) => set({ blueprint: next ?? '' })}
        />
        <TextInput
          aria-label={t('filter.entity')}
          placeholder={t('filter.entity')}
          value={search.entity ?? ''}
          onChange={(event) => set({ entity: event.currentTarget.value })}
        />
      </div>
      {audits.isPending && <RowSkeletons rows={8} height={44} />}
      {audits.isError && <ErrorState error={audits.error} retry={audits.refetch} />}
      {audits.isSuccess && (
        <Panel flush>
          <AuditList audits={audits.data} withDiff />
        </Panel>
      )}
    </div>
  );
}
