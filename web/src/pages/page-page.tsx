import { Button } from '@mantine/core';
import { IconLayoutDashboard, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Suspense, useMemo } from 'react';
import { lazyPart } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { readConditions, writeConditions } from '../catalog/conditions.ts';
import { withWords } from '../i18n/i18n.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { pageQuery, type StoredPage } from './api.ts';
import { AboutEntity, EntityPicker, nameOf, needsEntity, useEntityOfPage } from './page-entity.tsx';
import { filtersOf, PageFilters, useMainBlueprint } from './page-filters.tsx';
import { PageMenu } from './page-menu.tsx';
import { PageWidgets } from './page-widgets.tsx';
import { usePageData } from './use-page-data.ts';
import { textOf } from './widget.ts';
import { WidgetCard } from './widget-card.tsx';

const PageEditor = lazyPart(
  withWords(async () => ({ default: (await import('./editor/page-editor.tsx')).PageEditor }), 'action-editor'),
);

export function PagePage() {
  const { page: identifier } = useParams({ from: '/app/pages/$page' });
  const { t } = useTranslation('pages');
  const search = useSearch({ from: '/app/pages/$page' });
  const stored = useQuery(pageQuery(identifier));
  const waiting = (
    <Page title={identifier} crumbs={[{ label: t('title'), to: '/pages' }]}>
      <RowSkeletons rows={3} height={220} />
    </Page>
  );
  if (stored.isError && stored.data === undefined)
    return <ErrorState page error={stored.error} retry={stored.refetch} />;
  if (stored.data === undefined) return waiting;
  if (search.edit !== undefined && stored.data.mayUpdate) {
    return (
      <Suspense fallback={waiting}>
        <PageEditor key={identifier} stored={stored.data} />
      </Suspense>
    );
  }
  if (stored.data.page.type === 'home') return <Navigate to="/" replace />;
  return <PageView key={identifier} stored={stored.data} />;
}

function PageView({ stored }: { readonly stored: StoredPage }) {
  const { page, mayUpdate } = stored;
  const { t } = useTranslation('pages');
  const search = useSearch({ from: '/app/pages/$page' });
  const navigate = useNavigate({ from: '/pages/$page' });
  const set = (next: Partial<typeof search>): void =>
    void navigate({ search: (old: typeof search) => ({ ...old, ...next }) as typeof search, replace: true });
  const main = useMainBlueprint(page);
  const conditions = useMemo(() => readConditions(search.filter), [search.filter]);
  const off = useMemo(() => (search.off ?? '').split(',').filter((one) => one !== ''), [search.off]);
  const filters = useMemo(() => filtersOf(page, off, conditions, main), [page, off, conditions, main]);
  const { about } = useEntityOfPage(main, search.identifier);
  const data = usePageData(stored, { filters, entity: nameOf(about) });
  const title = page.title ?? page.identifier;
  const startEditing = (): void => set({ edit: '1' });
  return (
    <Page
      title={title}
      icon={<NamedIcon name={page.icon} fallback={IconLayoutDashboard} size={20} />}
      lead={page.description}
      crumbs={[{ label: t('title'), to: '/pages' }]}
      actions={
        <>
          <PageMenu stored={stored} />
          {mayUpdate && (
            <Button variant="default" leftSection={<IconPencil size={16} />} onClick={startEditing}>
              {t('edit.start')}
            </Button>
          )}
        </>
      }
    >
      {main !== undefined && page.locked !== true && (
        <PageFilters
          page={page}
          blueprint={main}
          off={off}
          conditions={conditions}
          onOff={(next) => set({ off: next.join(',') })}
          onConditions={(next) => set({ filter: writeConditions(next) })}
        />
      )}
      {main !== undefined && needsEntity(page) && (
        <EntityPicker blueprint={main} chosen={search.identifier} onChange={(identifier) => set({ identifier })} />
      )}
      {data.isError && data.data === undefined && <ErrorState error={data.error} retry={data.refetch} />}
      {page.widgets.length === 0 ? (
        <EmptyState
          icon={IconLayoutDashboard}
          title={t('empty.page')}
          action={mayUpdate ? <Button onClick={startEditing}>{t('empty.start')}</Button> : undefined}
        >
          {t('empty.pageHelp')}
        </EmptyState>
      ) : (
        <AboutEntity about={about}>
          <PageWidgets
            widgets={page.widgets}
            renderCard={(widget) => (
              <WidgetCard widget={widget} answer={data.data?.[textOf(widget, 'id')]} error={data.error} />
            )}
          />
        </AboutEntity>
      )}
    </Page>
  );
}
