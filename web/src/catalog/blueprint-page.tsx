import { Button, TextInput } from '@mantine/core';
import { IconBolt, IconDownload, IconSearch, IconStack2 } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { teamsQuery } from '../access/api.ts';
import type { Blueprint, Entity, Scorecard } from '../api/wire.ts';
import { scorecardsQuery } from '../scorecards/api.ts';
import { DataTable, sorted } from '../ui/data-table.tsx';
import { NamedIcon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { blueprintsQuery, entitiesQuery } from './api.ts';
import classes from './blueprint-page.module.css';
import { holdsText } from './columns.ts';
import { downloadCsv } from './csv.ts';
import { EntityDrawer } from './entity-drawer.tsx';
import { FilterBar } from './filter-bar.tsx';
import { filterFields, readFilters, rulesOf, writeFilters, type Filters } from './filters.ts';
import { useEntityColumns } from './entity-columns.tsx';

/** Up to here all rows are fetched, so that sorting and searching see everything. */
const FETCH_ALL_UP_TO = 5000;

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
  const { data: teams = [] } = useQuery(teamsQuery);
  const scorecards = useMemo(
    () => allScorecards.filter((one) => one.blueprint === blueprint.identifier),
    [allScorecards, blueprint],
  );
  const filters = useMemo(() => readFilters(search.filter), [search.filter]);
  const table = useRows(blueprint, filters, search.q);
  const columns = useEntityColumns(blueprint, scorecards);
  const rows = useMemo(() => sorted(table.rows, columns, search.sort), [table.rows, columns, search.sort]);
  const set = useCallback(
    (next: Partial<typeof search>) =>
      void navigate({ search: (old: typeof search) => ({ ...old, ...next }) as typeof search, replace: true }),
    [navigate],
  );
  const close = useCallback(() => set({ open: '' }), [set]);
  const open = search.open === undefined ? undefined : rows.find((row) => row.identifier === search.open);
  const narrowed = (search.q ?? '') !== '' || (search.filter ?? '') !== '';

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
            leftSection={<IconDownload size={16} />}
            disabled={rows.length === 0}
            onClick={() => downloadCsv(`${blueprint.identifier}.csv`, blueprint, scorecards, rows)}
          >
            {t('table.csv')}
          </Button>
          <Button component={Link} to="/self-service" search={{ q: '' } as never} leftSection={<IconBolt size={16} />}>
            {t('table.actions')}
          </Button>
        </>
      }
    >
      <div className={classes['bar']}>
        <TextInput
          className={classes['search'] ?? ''}
          leftSection={<IconSearch size={16} />}
          placeholder={t('table.search', { blueprint: blueprint.title })}
          aria-label={t('table.search', { blueprint: blueprint.title })}
          value={search.q ?? ''}
          onChange={(event) => set({ q: event.currentTarget.value })}
        />
        <FilterBar
          fields={filterFields(
            blueprint,
            scorecards,
            teams.map((team) => team.name),
            t('team.title'),
          )}
          filters={filters}
          onChange={(next) => set({ filter: writeFilters(next) })}
        />
        <span className={classes['count']} role="status">
          {!table.pending && t(table.complete ? 'table.count' : 'table.partly', { count: rows.length })}
        </span>
      </div>
      {table.error !== null && <ErrorState error={table.error} retry={table.retry} />}
      {table.pending && <RowSkeletons rows={12} />}
      {!table.pending && table.error === null && rows.length === 0 && (
        <NoRows title={blueprint.title} narrowed={narrowed} onClear={() => set({ q: '', filter: '' })} />
      )}
      {rows.length > 0 && (
        <DataTable
          label={blueprint.title}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.identifier}
          sort={search.sort}
          onSort={(sort) => set({ sort })}
          selected={search.open}
          onOpen={(key) => set({ open: key })}
          onClose={close}
          onEnd={table.more}
        />
      )}
      {open !== undefined && (
        <EntityDrawer entity={open} blueprint={blueprint} scorecards={scorecards} onClose={close} />
      )}
    </Page>
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

/** Rows that match, fetched as far as sensible; levels and free text are compared here. */
function useRows(blueprint: Blueprint, filters: Filters, query: string | undefined) {
  const rules = useMemo(() => rulesOf(filters, blueprint), [filters, blueprint]);
  const pages = useInfiniteQuery({ ...entitiesQuery(blueprint.identifier, rules), placeholderData: keepPreviousData });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const all = useMemo(() => pages.data?.pages.flatMap((page) => page.entities) ?? [], [pages.data]);
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  useEffect(() => {
    if (all.length < FETCH_ALL_UP_TO) more();
  }, [all.length, more]);
  const rows = useMemo(() => {
    const levels = Object.entries(filters).filter(([field]) => field.startsWith('level:'));
    const wanted = (entity: Entity): boolean =>
      levels.every(([field, values]) =>
        values.includes(entity.scorecards?.[field.slice('level:'.length)]?.level ?? ''),
      ) &&
      (query === undefined || holdsText(entity, query));
    return all.filter(wanted);
  }, [all, filters, query]);
  return { rows, more, complete: !hasNextPage, pending: pages.isPending, error: pages.error, retry: pages.refetch };
}
