import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowRight, IconLoader2, IconPlus, IconRefresh, IconSearch, IconSitemap } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../../api/wire.ts';
import { useIsAdmin } from '../../access/use-is-admin.ts';
import { type CanvasEdge, type CanvasNode, GraphCanvas } from '../../ui/graph-canvas.tsx';
import { NamedIcon } from '../../ui/icon.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../../ui/states.tsx';
import { blueprintsQuery, entityCountQuery } from '../api.ts';
import { propertiesOf } from '../columns.ts';
import classes from './data-model.module.css';
import { migrationsQuery } from './model-api.ts';

/** What kinds of things there are and how they hang together. */
export function DataModelPage() {
  const { t } = useTranslation('data-model');
  const search = useSearch({ from: '/app/data-model' });
  const navigate = useNavigate({ from: '/data-model' });
  const isAdmin = useIsAdmin();
  const blueprints = useQuery(blueprintsQuery);
  const set = (change: Partial<typeof search>): void =>
    void navigate({ search: (old: typeof search) => ({ ...old, ...change }) as typeof search, replace: true });
  // A graph needs room; without any the list tells the same.
  const narrow = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false });
  const view = search.view === 'list' || (search.view === undefined && narrow) ? 'list' : 'graph';
  const words = (search.q ?? '').toLowerCase();
  const shown = (blueprints.data ?? []).filter((one) => `${one.title} ${one.identifier}`.toLowerCase().includes(words));
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      icon={<IconSitemap size={20} stroke={1.6} />}
      crumbs={[{ label: t('catalog'), to: '/catalog' }]}
      actions={
        isAdmin && (
          <Button component={Link} to="/data-model/new" leftSection={<IconPlus size={16} />}>
            {t('new')}
          </Button>
        )
      }
    >
      <Migrations />
      <div className={classes['tools']}>
        <SegmentedControl
          aria-label={t('show.label')}
          value={view}
          data={['graph', 'list'].map((value) => ({ value, label: t(`show.${value}`) }))}
          onChange={(next) => set({ view: next })}
        />
        <TextInput
          className={classes['search'] ?? ''}
          leftSection={<IconSearch size={16} />}
          aria-label={t('search')}
          placeholder={t('search')}
          value={search.q ?? ''}
          onChange={(event) => set({ q: event.currentTarget.value })}
        />
      </div>
      {blueprints.isPending && <RowSkeletons rows={6} height={56} />}
      {blueprints.isError && <ErrorState error={blueprints.error} retry={blueprints.refetch} />}
      {blueprints.isSuccess && shown.length === 0 && (
        <EmptyState icon={IconSitemap} title={t(words === '' ? 'empty' : 'noneFound')}>
          {t('emptyHelp')}
        </EmptyState>
      )}
      {shown.length > 0 && view === 'graph' && (
        <ModelGraph blueprints={shown} selected={search.open} onSelect={(open) => set({ open: open ?? '' })} />
      )}
      {shown.length > 0 && view === 'list' && (
        <ul className={classes['list']}>
          {shown.map((blueprint) => (
            <BlueprintRow key={blueprint.identifier} blueprint={blueprint} all={blueprints.data ?? []} />
          ))}
        </ul>
      )}
    </Page>
  );
}

/** Long-running changes of many entities, while they run. */
function Migrations() {
  const { t } = useTranslation('data-model');
  const { data = [] } = useQuery(migrationsQuery);
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const running = data.filter(({ status }) => ['RUNNING', 'INITIALIZING', 'PENDING_CANCELLATION'].includes(status));
  if (running.length === 0) return null;
  return (
    <ul className={classes['migrations']} aria-label={t('migrations.label')}>
      {running.map(({ id, sourceBlueprint = '', successCount = 0 }) => (
        <li key={id} role="status">
          <IconLoader2 size={16} aria-hidden />
          {t('migrations.running', {
            blueprint: blueprints.find((one) => one.identifier === sourceBlueprint)?.title ?? sourceBlueprint,
            count: successCount,
          })}
        </li>
      ))}
    </ul>
  );
}

const MOST_LINES = 5;
const LINE = 18;

function ModelGraph({
  blueprints,
  selected,
  onSelect,
}: {
  readonly blueprints: readonly Blueprint[];
  readonly selected: string | undefined;
  readonly onSelect: (identifier: string | undefined) => void;
}) {
  const { t } = useTranslation('data-model');
  const chosen = blueprints.find((one) => one.identifier === selected);
  return (
    <div className={classes['graph']}>
      {chosen === undefined ? (
        <div className={classes['chosen']}>
          <p>{t('graph.hint')}</p>
        </div>
      ) : (
        <Chosen blueprint={chosen} />
      )}
      <GraphCanvas
        tall
        label={t('graph.label')}
        nodes={blueprints.map(nodeOf)}
        edges={blueprints.flatMap((one) => edgesOf(one, blueprints))}
        selected={selected}
        onSelect={onSelect}
      />
    </div>
  );
}

function nodeOf(blueprint: Blueprint): CanvasNode {
  const properties = propertiesOf(blueprint);
  const lines = properties.slice(0, MOST_LINES);
  const more = properties.length - lines.length;
  // A line from a box to itself would be hidden behind it.
  const selfs = Object.entries(blueprint.relations).filter(([, { target }]) => target === blueprint.identifier);
  const rows = lines.length + (more > 0 ? 1 : 0) + selfs.length;
  return {
    id: blueprint.identifier,
    width: 220,
    height: 50 + rows * LINE + (rows > 0 ? 14 : 0),
    label: blueprint.title,
    content: (
      <div className={classes['node']}>
        <div className={classes['nodeHead']}>
          <NamedIcon name={blueprint.icon} size={18} />
          <span>
            <strong>{blueprint.title}</strong>
            <code>{blueprint.identifier}</code>
          </span>
        </div>
        {rows > 0 && (
          <ul>
            {lines.map(({ key, title, schema }) => (
              <li key={key}>
                <span>{title}</span>
                <small>{schema.format ?? schema.type}</small>
              </li>
            ))}
            {more > 0 && (
              <li>
                <small>+{more}</small>
              </li>
            )}
            {selfs.map(([key, relation]) => (
              <li key={key}>
                <span>
                  <IconRefresh size={12} aria-hidden /> {relation.title ?? key}
                </span>
                <small>{relation.many === true ? '∗' : ''}</small>
              </li>
            ))}
          </ul>
        )}
      </div>
    ),
  };
}

const edgesOf = (blueprint: Blueprint, all: readonly Blueprint[]): readonly CanvasEdge[] =>
  Object.entries(blueprint.relations)
    .filter(([, { target }]) => target !== blueprint.identifier)
    .map(([key, relation]) => {
      const text = relation.title ?? key;
      const target = all.find((one) => one.identifier === relation.target)?.title ?? relation.target;
      return {
        id: `${blueprint.identifier} ${key}`,
        from: blueprint.identifier,
        to: relation.target,
        text: relation.many === true ? `${text} ∗` : text,
        label: `${blueprint.title} – ${text} – ${target}`,
        soft: relation.required !== true,
      };
    });

function Chosen({ blueprint }: { readonly blueprint: Blueprint }) {
  const { t } = useTranslation('data-model');
  const isAdmin = useIsAdmin();
  return (
    <div className={classes['chosen']}>
      <span>
        <NamedIcon name={blueprint.icon} size={18} />
        <strong>{blueprint.title}</strong>
        <small>{blueprint.description ?? ''}</small>
      </span>
      <span>
        <Button
          size="xs"
          variant="default"
          component={Link}
          to="/catalog/$blueprint"
          params={{ blueprint: blueprint.identifier } as never}
        >
          {t('openTable')}
        </Button>
        {isAdmin && (
          <Button
            size="xs"
            component={Link}
            to="/data-model/blueprints/$blueprint"
            params={{ blueprint: blueprint.identifier } as never}
          >
            {t('edit')}
          </Button>
        )}
      </span>
    </div>
  );
}

function BlueprintRow({ blueprint, all }: { readonly blueprint: Blueprint; readonly all: readonly Blueprint[] }) {
  const { t, i18n } = useTranslation('data-model');
  const { data: count } = useQuery(entityCountQuery(blueprint.identifier));
  const targets = [...new Set(Object.values(blueprint.relations).map(({ target }) => target))].map(
    (target) => all.find((one) => one.identifier === target)?.title ?? target,
  );
  return (
    <li>
      <Link to="/data-model/blueprints/$blueprint" params={{ blueprint: blueprint.identifier }}>
        <NamedIcon name={blueprint.icon} size={18} />
        <span className={classes['name']}>
          <strong>{blueprint.title}</strong>
          <code>{blueprint.identifier}</code>
        </span>
        <span>{t('row.properties', { count: propertiesOf(blueprint).length })}</span>
        <span>{targets.length === 0 ? '' : t('row.relates', { targets: targets.join(', ') })}</span>
        <span className={classes['number']}>
          {count === undefined
            ? ''
            : t('row.entities', { count, shown: new Intl.NumberFormat(i18n.language).format(count) })}
        </span>
        <IconArrowRight size={14} aria-hidden />
      </Link>
    </li>
  );
}
