import { SegmentedControl } from '@mantine/core';
import { IconAffiliate, IconArrowRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Entity } from '../../api/wire.ts';
import { NamedIcon } from '../../ui/icon.tsx';
import { Panel } from '../../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../../ui/states.tsx';
import { blueprintsQuery } from '../api.ts';
import { filteredBy, type RelatedGroup, relatedQuery, relationTitle } from './related-api.ts';
import { RelatedGraph } from './related-graph.tsx';
import classes from './related-tab.module.css';

/** Everything an entity is related to, as lists with counts or as a picture. */
export function RelatedTab({ entity }: { readonly entity: Entity }) {
  const { t } = useTranslation('entity');
  const { view } = useSearch({ strict: false }) as { readonly view?: string; readonly levels?: string };
  const navigate = useNavigate();
  const related = useQuery(relatedQuery(entity.blueprint, entity.identifier));
  if (related.isPending) return <RowSkeletons rows={3} height={120} />;
  if (related.isError) return <ErrorState error={related.error} retry={related.refetch} />;
  if (related.data.length === 0) {
    return (
      <EmptyState icon={IconAffiliate} title={t('related.none')}>
        {t('related.noneHelp')}
      </EmptyState>
    );
  }
  return (
    <div className={classes['tab']}>
      <SegmentedControl
        size="xs"
        aria-label={t('related.view')}
        value={view === 'graph' ? 'graph' : 'list'}
        data={['list', 'graph'].map((value) => ({ value, label: t(`related.${value}`) }))}
        onChange={(next) =>
          void navigate({
            to: '.',
            search: (old) => ({ ...old, view: next === 'graph' ? next : '' }) as never,
            replace: true,
          })
        }
      />
      {view === 'graph' ? (
        <RelatedGraph entity={entity} />
      ) : (
        <div className={classes['groups']}>
          {related.data.map((group) => (
            <Group key={`${group.direction} ${group.blueprint} ${group.relation}`} group={group} entity={entity} />
          ))}
        </div>
      )}
    </div>
  );
}

function Group({ group, entity }: { readonly group: RelatedGroup; readonly entity: Entity }) {
  const { t } = useTranslation('entity');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const other = blueprints.find((one) => one.identifier === group.blueprint);
  const relation = relationTitle(blueprints, entity.blueprint, group);
  const more = group.count - group.entities.length;
  return (
    <Panel
      flush
      title={
        <span className={classes['title']}>
          <NamedIcon name={other?.icon} size={16} />
          {group.direction === 'out' ? relation : (other?.title ?? group.blueprint)}
          <small>{t(`related.${group.direction}`, { relation, blueprint: other?.title ?? group.blueprint })}</small>
        </span>
      }
      aside={<span className={classes['count']}>{group.count}</span>}
    >
      <ul className={classes['rows']}>
        {group.entities.map(({ identifier, title, icon }) => (
          <li key={identifier}>
            <Link to="/catalog/$blueprint/$identifier" params={{ blueprint: group.blueprint, identifier }}>
              <NamedIcon name={icon ?? other?.icon} size={16} />
              <span>{title ?? identifier}</span>
              <code>{identifier}</code>
              <IconArrowRight size={14} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
      {more > 0 && group.direction === 'in' && (
        <Link
          className={classes['more']}
          to="/catalog/$blueprint"
          params={{ blueprint: group.blueprint }}
          search={{ filter: filteredBy(group, entity.identifier) }}
        >
          {t('related.all', { count: group.count })}
        </Link>
      )}
      {more > 0 && group.direction === 'out' && <p className={classes['more']}>{t('related.more', { count: more })}</p>}
    </Panel>
  );
}
