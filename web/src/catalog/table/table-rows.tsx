import { Button } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Entity, Scorecard } from '../../api/wire.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import type { Picking } from '../../ui/data-table-picks.tsx';
import { EmptyState } from '../../ui/states.tsx';
import type { TableQuery } from '../table-api.ts';
import { GroupHeading } from './group-heading.tsx';
import type { Laid } from './grouped-rows.ts';
import { type Marks, toggled } from './marks.ts';
import classes from './table.module.css';

interface TableRowsProps {
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
  readonly query: TableQuery;
  /** What rows are put together by; blank where they are not. */
  readonly by: string;
  readonly rows: {
    readonly length: number;
    readonly rowAt: (index: number) => Entity | undefined;
    readonly headAt: ((index: number) => Laid | undefined) | undefined;
    readonly more: (() => void) | undefined;
    readonly onRange: (first: number, last: number) => void;
  };
  readonly columns: readonly Column<Entity>[];
  readonly pinned: boolean;
  readonly picking: Picking;
  readonly sort: string;
  readonly open: string | undefined;
  readonly folded: Marks;
  readonly onFolded: (folded: Marks) => void;
  readonly onSort: (sort: string) => void;
  readonly onColumn: (key: string, change: { readonly width?: number; readonly to?: string | number }) => void;
  readonly onOpen: (key: string) => void;
  readonly onClose: () => void;
}

/** Rows one below the other, or under the headings of their groups. */
export function TableRows(props: TableRowsProps) {
  const { blueprint, scorecards, query, by, rows, folded, onColumn } = props;
  const { t } = useTranslation('table');
  const { headAt } = rows;
  const headingAt = (index: number) => {
    const group = headAt?.(index);
    if (group === undefined) return null;
    const toggle = (): void => props.onFolded(toggled(folded, group.key));
    return <GroupHeading group={group} by={by} blueprint={blueprint} scorecards={scorecards} onToggle={toggle} />;
  };
  return (
    <>
      <DataTable
        key={JSON.stringify([query.rules, query.q, query.sort, by])}
        label={blueprint.title}
        columns={props.columns}
        count={rows.length}
        rowAt={rows.rowAt}
        rowKey={(row) => row.identifier}
        rowTitle={(row) => row.title}
        headingAt={headAt === undefined ? undefined : headingAt}
        sort={props.sort}
        onSort={props.onSort}
        onResize={(key, width) => onColumn(key, { width })}
        onMove={(key, to) => onColumn(key, { to })}
        pinned={props.pinned}
        picking={props.picking}
        selected={props.open}
        onOpen={props.onOpen}
        onClose={props.onClose}
        onRange={rows.onRange}
      />
      {rows.more !== undefined && (
        <Button className={classes['more'] ?? ''} variant="subtle" size="compact-sm" onClick={rows.more}>
          {t('group.more')}
        </Button>
      )}
    </>
  );
}

interface NoRowsProps {
  readonly title: string;
  readonly narrowed: boolean;
  readonly onClear: () => void;
}

/** An empty table: because nothing exists, or because nothing matches. */
export function NoRows({ title, narrowed, onClear }: NoRowsProps) {
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
