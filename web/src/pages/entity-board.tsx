import { Button } from '@mantine/core';
import { IconLayoutDashboard, IconPencil } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Entity } from '../api/wire.ts';
import { EmptyState } from '../ui/states.tsx';
import type { StoredPage } from './api.ts';
import classes from './board.module.css';
import type { EntityTab } from './entity-tabs.ts';
import { AboutEntity, nameOf } from './page-entity.tsx';
import { filtersOf } from './page-filters.tsx';
import { PageWidgets } from './page-widgets.tsx';
import { usePageData } from './use-page-data.ts';
import { allWidgets, textOf } from './widget.ts';
import { WidgetCard } from './widget-card.tsx';

interface EntityBoardProps {
  readonly stored: StoredPage;
  readonly tab: EntityTab;
  readonly entity: Entity;
  readonly blueprint: Blueprint;
}

/** A tab that somebody put on the page of the entities of a blueprint, for one of them. */
export function EntityBoard({ stored, tab, entity, blueprint }: EntityBoardProps) {
  const { t } = useTranslation('pages');
  const about = { entity, blueprint };
  const widgets = allWidgets(tab.widgets).flatMap((widget) => textOf(widget, 'id') || []);
  const filters = filtersOf(stored.page, [], [], undefined);
  const data = usePageData(stored, { filters, entity: nameOf(about), widgets });
  const isEmpty = allWidgets(tab.widgets).every((widget) => widget.type === 'dashboard-widget');
  const edit = stored.mayUpdate && (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconPencil size={15} />}
      renderRoot={(props) => (
        <Link
          {...props}
          to="/pages/$page"
          params={{ page: stored.page.identifier }}
          search={{ edit: '1', group: tab.title, identifier: entity.identifier }}
        />
      )}
    >
      {t('tab.edit')}
    </Button>
  );
  if (isEmpty) {
    return (
      <EmptyState icon={IconLayoutDashboard} title={t('empty.page')} action={edit}>
        {t('empty.pageHelp')}
      </EmptyState>
    );
  }
  return (
    <AboutEntity about={about}>
      {edit !== false && <div className={classes['bar']}>{edit}</div>}
      <PageWidgets
        widgets={tab.widgets}
        renderCard={(widget) => (
          <WidgetCard widget={widget} answer={data.data?.[textOf(widget, 'id')]} error={data.error} />
        )}
      />
    </AboutEntity>
  );
}
