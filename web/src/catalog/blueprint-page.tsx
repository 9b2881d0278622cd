import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBolt, IconDownload, IconSearch, IconStack2 } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Scorecard } from '../api/wire.ts';
import { scorecardsQuery } from '../scorecards/api.ts';
import { DataTable } from '../ui/data-table.tsx';
import { NamedIcon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { blueprintsQuery, entityQuery } from './api.ts';
import classes from './blueprint-page.module.css';
import { ColumnsMenu } from './columns-menu.tsx';
import { type Condition, fieldsOf, readConditions, rulesOf, writeConditions } from './conditions.ts';
import { EntityDrawer } from './entity-drawer.tsx';
import { CreateEntity } from './create-entity.tsx';
import { useEntityColumns } from './entity-columns.tsx';
import { FilterBar } from './filter-bar.tsx';
import { csvAddress, type TableQuery, useTableRows } from './table-api.ts';
import { arranged, choose, readColumns, writeColumns } from './table-columns.ts';

export function BlueprintPage() {
  const { blueprint: identifier } = useParams({ from: '/app/catalog/$blueprint' });
  const { t } = useTranslation('catalog');
  const blueprints = useQuery(blueprintsQuery);
  if (blueprints.isError) return <ErrorState page error={blueprints.error} retry={blueprints.refetch} />;
  const blueprint = blueprints.data?.find((one) => one.identifier === identifier);
  if (blueprints.isPending) {
    return (
      <Page title={identifier} crumbs={[{ label: t('index.title'), to: '/catalog' }]}>
        <RowSkeletons rows={12} />
      </Page>
    );
  }
  if (blueprint === undefined) {
    return (
      <EmptyState page icon={IconStack2} title={t('table.noBlueprint', { identifier })}>
        {t('table.noBlueprintHelp')}
      </EmptyState>
    );
  }
  return <BlueprintTable key={identifier} blueprint={blueprint} />;
}

const none: readonly Scorecard[] = [];

function BlueprintTable({ blueprint }: { readonly blueprint: Blueprint }) {
  const { t } = useTranslation('catalog');
  const search = useSearch({ from: '/app/catalog/$blueprint' });
  const navigate = useNavigate({ from: '/catalog/$blueprint' });
  const { data: allScorecards = none } = useQuery(scorecardsQuery);
  const scorecards = useMemo(
    () => allScorecards.filter((one) => one.blueprint === blueprint.identifier),
    [allScorecards, blueprint],
  );
  const set = useCallback(
    (next: Partial<typeof search>) =>
      void navigate({ search: (old: typeof search) => ({ ...old, ...next }) as typeof search, replace: true }),
    [navigate],
  );
  const conditions = useMemo(() => readConditions(search.filter), [search.filter]);
  const [q] = useDebouncedValue(search.q ?? '', 150);
  const query = useMemo(
    (): TableQuery => ({
      blueprint: blueprint.identifier,
      rules: rulesOf(conditions, blueprint),
      q,
      sort: search.sort ?? '$title',
    }),
    [blueprint, conditions, q, search.sort],
  );
  const table = useTableRows(query, scorecards);
  const own = useEntityColumns(blueprint, scorecards);
  const choices = useMemo(() => readColumns(search.cols), [search.cols]);
  const columns = useMemo(() => arranged(own, choices), [own, choices]);
  const pick = useCallback(
    (key: string, change: Parameters<typeof choose>[3]) =>
      set({ cols: writeColumns(choose(own, choices, key, change)) }),
    [set, own, choices],
  );
  const close = useCallback(() => set({ open: '' }), [set]);
  const narrowed = (search.q ?? '') !== '' || conditions.length > 0;

  return (
    <Page
      fill
      title={blueprint.title}
      icon={<NamedIcon name={blueprint.icon} size={20} />}
      lead={blueprint.description || undefined}
      crumbs={[{ label: t('index.title'), to: '/catalog' }]}
      actions={
        <>
          <Button
            variant="default"
            component="a"
            href={csvAddress(query)}
            download={`${blueprint.identifier}.csv`}
            leftSection={<IconDownload size={16} />}
          >
            {t('table:csv')}
          </Button>
          <Button
            variant="default"
            component={Link}
            to="/self-service"
            search={{ q: '' } as never}
            leftSection={<IconBolt size={16} />}
          >
            {t('table.actions')}
          </Button>
          <CreateEntity blueprint={blueprint} />
        </>
      }
    >
      <TableBar
        blueprint={blueprint}
        scorecards={scorecards}
        conditions={conditions}
        q={search.q ?? ''}
        count={table.pending ? undefined : table.count}
        onSearch={(next) => set({ q: next })}
        onFilter={(next) => set({ filter: writeConditions(next) })}
      >
        <ColumnsMenu
          columns={columns.map(({ column, hidden }) => ({ key: column.key, title: column.title, hidden }))}
          onChange={pick}
          onReset={() => set({ cols: '' })}
        />
      </TableBar>
      {table.error !== null && <ErrorState error={table.error} retry={table.retry} />}
      {table.pending && table.error === null && <RowSkeletons rows={12} />}
      {!table.pending && table.error === null && table.count === 0 && (
        <NoRows title={blueprint.title} narrowed={narrowed} onClear={() => set({ q: '', filter: '' })} />
      )}
      {!table.pending && table.count > 0 && (
        <DataTable
          key={JSON.stringify([query.rules, query.q, query.sort])}
          label={blueprint.title}
          columns={columns.filter(({ hidden }) => !hidden).map(({ column }) => column)}
          count={table.count}
          rowAt={table.rowAt}
          rowKey={(row) => row.identifier}
          sort={search.sort}
          onSort={(sort) => set({ sort })}
          onResize={(key, width) => pick(key, { width })}
          selected={search.open}
          onOpen={(key) => set({ open: key })}
          onClose={close}
          onRange={table.onRange}
        />
      )}
      {search.open !== undefined && (
        <OpenEntity identifier={search.open} blueprint={blueprint} scorecards={scorecards} onClose={close} />
      )}
    </Page>
  );
}

interface OpenEntityProps {
  readonly identifier: string;
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
  readonly onClose: () => void;
}

/** By its address, so that it opens wherever its row is. */
function OpenEntity({ identifier, blueprint, scorecards, onClose }: OpenEntityProps) {
  const { data: entity } = useQuery({
    ...entityQuery(blueprint.identifier, identifier),
    placeholderData: keepPreviousData,
  });
  if (entity === undefined) return null;
  return <EntityDrawer entity={entity} blueprint={blueprint} scorecards={scorecards} onClose={onClose} />;
}

interface TableBarProps {
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
  readonly conditions: readonly Condition[];
  readonly q: string;
  readonly count: number | undefined;
  readonly onSearch: (q: string) => void;
  readonly onFilter: (conditions: readonly Condition[]) => void;
  readonly children: ReactNode;
}

function TableBar({ blueprint, scorecards, conditions, q, count, onSearch, onFilter, children }: TableBarProps) {
  const { t } = useTranslation(['table', 'catalog']);
  const fields = fieldsOf(blueprint, scorecards, {
    team: t('catalog:team.title'),
    title: t('catalog:column.title'),
    updated: t('catalog:column.updated'),
    created: t('created'),
  });
  return (
    <div className={classes['bar']}>
      <TextInput
        className={classes['search'] ?? ''}
        leftSection={<IconSearch size={16} />}
        placeholder={t('search', { blueprint: blueprint.title })}
        aria-label={t('search', { blueprint: blueprint.title })}
        value={q}
        onChange={(event) => onSearch(event.currentTarget.value)}
      />
      <FilterBar blueprint={blueprint} fields={fields} conditions={conditions} q={q} onChange={onFilter} />
      <span className={classes['count']} role="status">
        {count !== undefined && t('count', { count })}
      </span>
      {children}
    </div>
  );
}

interface NoRowsProps {
  readonly title: string;
  readonly narrowed: boolean;
  readonly onClear: () => void;
}

/** An empty table: because nothing exists, or because nothing matches. */
function NoRows({ title, narrowed, onClear }: NoRowsProps) {
  const { t } = useTranslation('catalog');
  if (!narrowed) {
    return (
      <EmptyState icon={IconStack2} title={t('table.empty', { blueprint: title })}>
        {t('table.emptyHelp')}
      </EmptyState>
    );
  }
  const clear = (
    <Button variant="default" onClick={onClear}>
      {t('table.clear')}
    </Button>
  );
  return (
    <EmptyState icon={IconStack2} title={t('table.noneFound')} action={clear}>
      {t('table.noneFoundHelp')}
    </EmptyState>
  );
}
