import { Button } from '@mantine/core';
import { IconSitemap, IconStack2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../api/wire.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { blueprintsQuery, entityCountQuery } from './api.ts';
import classes from './catalog-page.module.css';

export function CatalogPage() {
  const { t } = useTranslation('catalog');
  const blueprints = useQuery(blueprintsQuery);
  const own = blueprints.data?.filter((one) => !one.identifier.startsWith('_')) ?? [];
  return (
    <Page
      title={t('index.title')}
      lead={t('index.lead')}
      icon={<IconStack2 size={20} stroke={1.6} />}
      actions={
        <Button variant="default" component={Link} to="/data-model" leftSection={<IconSitemap size={16} />}>
          {t('index.model')}
        </Button>
      }
    >
      {blueprints.isPending && <RowSkeletons rows={3} height={112} />}
      {blueprints.isError && <ErrorState error={blueprints.error} retry={blueprints.refetch} />}
      {blueprints.isSuccess && own.length === 0 && (
        <EmptyState icon={IconStack2} title={t('index.empty')}>
          {t('index.emptyHelp')}
        </EmptyState>
      )}
      <ul className={classes['cards']}>
        {own.map((blueprint) => (
          <BlueprintCard
            key={blueprint.identifier}
            blueprint={blueprint}
            titles={new Map(own.map((one) => [one.identifier, one.title]))}
          />
        ))}
      </ul>
    </Page>
  );
}

function BlueprintCard({
  blueprint,
  titles,
}: {
  readonly blueprint: Blueprint;
  readonly titles: ReadonlyMap<string, string>;
}) {
  const { t, i18n } = useTranslation('catalog');
  const { data: count } = useQuery(entityCountQuery(blueprint.identifier));
  const targets = [...new Set(Object.values(blueprint.relations).map((relation) => relation.target))];
  return (
    <li>
      <Link to="/catalog/$blueprint" params={{ blueprint: blueprint.identifier }} className={classes['card']}>
        <span className={classes['head']}>
          <span className={classes['icon']}>
            <NamedIcon name={blueprint.icon} size={20} />
          </span>
          <span>
            <strong>{blueprint.title}</strong>
            <code>{blueprint.identifier}</code>
          </span>
          <span className={classes['count']}>
            {count === undefined ? '' : new Intl.NumberFormat(i18n.language).format(count)}
          </span>
        </span>
        <span className={classes['description']}>{blueprint.description || t('index.noDescription')}</span>
        <span className={classes['facts']}>
          <span>{t('index.properties', { count: Object.keys(blueprint.schema.properties).length })}</span>
          {targets.length > 0 && (
            <span>
              {t('index.relatesTo', { targets: targets.map((target) => titles.get(target) ?? target).join(', ') })}
            </span>
          )}
        </span>
      </Link>
    </li>
  );
}
