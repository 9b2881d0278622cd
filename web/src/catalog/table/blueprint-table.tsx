import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBolt, IconDownload, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Suspense, useCallback, useMemo } from 'react';
import { lazyDialog } from '../../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Scorecard } from '../../api/wire.ts';
import { withWords } from '../../i18n/i18n.ts';
import { scorecardsQuery } from '../../scorecards/api.ts';
import { NamedIcon } from '../../ui/icon.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorState, RowSkeletons } from '../../ui/states.tsx';
import { entityQuery } from '../api.ts';
import { BulkBar } from '../bulk/bulk-bar.tsx';
import { ColumnsMenu } from '../columns-menu.tsx';
import { CreateEntity } from '../create-entity.tsx';
import { EntityDrawer } from '../entity-drawer.tsx';
import { useEntityRights } from '../entity-rights.ts';
import { queriedRules, readFilter, writeFilter } from '../filter/rule-tree.ts';
import { useRuleWords } from '../filter/rule-words.ts';
import { TableFilter } from '../filter/table-filter.tsx';
import { csvAddress, type TableQuery, useTableRows } from '../table-api.ts';
import { readPinned } from '../table-columns.ts';
import { scopeOf } from '../bulk/bulk-api.ts';
import { GroupMenu, groupablesOf } from './group-menu.tsx';
import { useGroupedRows } from './grouped-rows.ts';
import { allMarks, noMarks, readMarks, writeMarks } from './marks.ts';
import { NoRows, TableRows } from './table-rows.tsx';
import { usePicked } from './use-picked.ts';
import { useShownColumns } from './use-shown-columns.ts';
import { useTableState } from './use-table-state.ts';
import { ViewsMenu } from './views-menu.tsx';
import classes from './table.module.css';

const BulkDialog = lazyDialog(
  withWords(
    async () => ({ default: (await import('../bulk/bulk-dialog.tsx')).BulkDialog }),
    'entity-form',
    'action-editor',
  ),
);
const none: readonly Scorecard[] = [];

export function BlueprintTable({ blueprint }: { readonly blueprint: Blueprint }) {
  const { t } = useTranslation(['table', 'catalog']);
  const { data: allScorecards = none } = useQuery(scorecardsQuery);
  const scorecards = useMemo(
    () => allScorecards.filter((one) => one.blueprint === blueprint.identifier),
    [allScorecards, blueprint],
  );
  const table = useTableState(blueprint.identifier);
  const { search, state, set } = table;
  const shown = useShownColumns(blueprint, scorecards, table);
  const { query, filter, rows, folded, picked } = useShownRows(blueprint, scorecards, table);
  const close = useCallback(() => set({ open: '' }), [set]);
  const narrowed = state.q !== '' || filter.rules.length > 0;
  const words = useRuleWords(blueprint, scorecards);
  const pending = table.pending || rows.pending;
  return (
    <Page
      fill
      title={blueprint.title}
      icon={<NamedIcon name={blueprint.icon} size={20} />}
      lead={blueprint.description || undefined}
      crumbs={[{ label: t('catalog:index.title'), to: '/catalog' }]}
      actions={<PageActions blueprint={blueprint} csv={csvAddress(query, scorecards, shown.keys)} />}
    >
      <div className={classes['bar']}>
        <ViewsMenu blueprint={blueprint} table={table} />
        <TextInput
          className={classes['search'] ?? ''}
          leftSection={<IconSearch size={16} />}
          placeholder={t('search', { blueprint: blueprint.title })}
          aria-label={t('search', { blueprint: blueprint.title })}
          value={state.q}
          onChange={(event) => table.change({ q: event.currentTarget.value })}
        />
        <TableFilter
          blueprint={blueprint}
          words={words}
          filter={filter}
          q={state.q}
          building={search.build}
          onBuilding={(build) => set({ build })}
          onFilter={(next) => table.change({ filter: writeFilter(next) })}
        />
        <span className={classes['count']} role="status">
          {!pending && t('count', { count: rows.entities })}
        </span>
        <GroupMenu
          groupables={groupablesOf(blueprint, scorecards, {
            team: t('catalog:team.title'),
            createdBy: t('meta.createdBy'),
          })}
          value={state.group}
          allFolded={folded.all}
          onChange={(group) => {
            table.change({ group });
            set({ folded: '' });
          }}
          onFoldAll={(all) => set({ folded: writeMarks(all ? allMarks : noMarks) })}
        />
        <ColumnsMenu {...shown.menu} />
      </div>
      {table.lostView && <p role="status">{t('views.lost')}</p>}
      {rows.error !== null && <ErrorState error={rows.error} retry={rows.retry} />}
      {pending && rows.error === null && <RowSkeletons rows={12} />}
      {!pending && rows.error === null && rows.entities === 0 && (
        <NoRows title={blueprint.title} narrowed={narrowed} onClear={() => table.change({ q: '', filter: '' })} />
      )}
      {!pending && rows.entities > 0 && (
        <div className={classes['place']} data-picked={picked.count > 0 || undefined}>
          <TableRows
            blueprint={blueprint}
            scorecards={scorecards}
            query={query}
            by={state.group}
            rows={rows}
            columns={shown.columns}
            pinned={readPinned(state.cols)}
            picking={picked.picking}
            sort={state.sort}
            open={search.open}
            folded={folded}
            onFolded={(next) => set({ folded: writeMarks(next) })}
            onSort={(sort) => table.change({ sort })}
            onColumn={shown.pick}
            onOpen={(open) => set({ open })}
            onClose={close}
          />
          <Picked
            blueprint={blueprint}
            scorecards={scorecards}
            query={query}
            picked={picked}
            table={table}
            whole={rows.entities}
          />
        </div>
      )}
      {search.open !== undefined && (
        <OpenEntity identifier={search.open} blueprint={blueprint} scorecards={scorecards} onClose={close} />
      )}
    </Page>
  );
}

type Table = ReturnType<typeof useTableState>;

function useShownRows(blueprint: Blueprint, scorecards: readonly Scorecard[], table: Table) {
  const { state, search, set, pending } = table;
  const filter = useMemo(() => readFilter(state.filter, blueprint), [state.filter, blueprint]);
  const [q] = useDebouncedValue(state.q, 150);
  const query = useMemo(
    (): TableQuery => ({
      blueprint: blueprint.identifier,
      rules: queriedRules(filter),
      q,
      sort: state.sort === '' ? '$title' : state.sort,
    }),
    [blueprint, filter, q, state.sort],
  );
  const folded = useMemo(() => readMarks(search.folded), [search.folded]);
  const isGrouped = state.group !== '';
  const flat = useTableRows(query, scorecards, !isGrouped && !pending);
  const grouped = useGroupedRows(query, scorecards, pending ? '' : state.group, folded);
  const rows = isGrouped
    ? grouped
    : { ...flat, length: flat.count, entities: flat.count, headAt: undefined, more: undefined };
  const picked = usePicked({
    scope: JSON.stringify([query.rules, query.q]),
    text: search.picked,
    whole: rows.entities,
    rowAt: rows.rowAt,
    load: rows.load,
    isHead: (index) => rows.headAt?.(index) !== undefined,
    onText: (next) => set({ picked: next }),
  });
  return { query, filter, rows, folded, picked };
}

function PageActions({ blueprint, csv }: { readonly blueprint: Blueprint; readonly csv: string }) {
  const { t } = useTranslation(['table', 'catalog']);
  return (
    <>
      <Button
        variant="default"
        component="a"
        href={csv}
        download={`${blueprint.identifier}.csv`}
        leftSection={<IconDownload size={16} />}
      >
        {t('csv')}
      </Button>
      <Button
        variant="default"
        component={Link}
        to="/self-service"
        search={{ q: '' } as never}
        leftSection={<IconBolt size={16} />}
      >
        {t('catalog:table.actions')}
      </Button>
      <CreateEntity blueprint={blueprint} />
    </>
  );
}

interface PickedProps {
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
  readonly query: TableQuery;
  readonly picked: ReturnType<typeof usePicked>;
  readonly table: Table;
  readonly whole: number;
}

/** What is done with picked rows; where a change goes on, the address names it. */
function Picked({ blueprint, scorecards, query, picked, table: { search, set }, whole }: PickedProps) {
  const rights = useEntityRights(blueprint.identifier);
  const { bulk, change } = search;
  const kind = bulk === 'edit' || bulk === 'delete' ? bulk : undefined;
  return (
    <>
      {picked.count > 0 && (
        <BulkBar
          count={picked.count}
          left={picked.left}
          whole={whole}
          mayEdit={rights.update || rights.someUpdate}
          mayDelete={(rights.remove || rights.someRemove) && !blueprint.identifier.startsWith('_')}
          onAll={picked.all}
          onNone={picked.none}
          onBulk={(next) => set({ bulk: next })}
        />
      )}
      {(change !== undefined || (kind !== undefined && picked.count > 0)) && (
        <Suspense>
          <BulkDialog
            kind={kind ?? 'edit'}
            blueprint={blueprint}
            scorecards={scorecards}
            scope={scopeOf(picked.marks, query)}
            count={picked.count}
            change={change}
            onChange={(id) => set({ change: id })}
            onClose={() => {
              if (change !== undefined) picked.none();
              set({ bulk: '', change: '' });
            }}
          />
        </Suspense>
      )}
    </>
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
