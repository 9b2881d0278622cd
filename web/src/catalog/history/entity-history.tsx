import { Slider } from '@mantine/core';
import { IconClockHour4 } from '@tabler/icons-react';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get, path } from '../../api/client.ts';
import type { Audit, Blueprint, Entity } from '../../api/wire.ts';
import { auditsQuery } from '../../history/api.ts';
import { AuditList } from '../../history/audit-list.tsx';
import { useKnown } from '../../runs/run-summary.tsx';
import { DiffView } from '../../ui/diff-view.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../../ui/states.tsx';
import { exactTime, RelativeTime } from '../../ui/time.tsx';
import { Who } from '../../ui/who.tsx';
import { isBlank, propertiesOf } from '../columns.ts';
import { PropertyValue } from '../property-value.tsx';
import { TeamChips } from '../team-chips.tsx';
import classes from './entity-history.module.css';

interface Past {
  /** Null when it had been deleted by then. */
  readonly entity: Entity | null;
  readonly change: Audit;
  readonly until: string | null;
}

const pastQuery = (blueprint: string, identifier: string, at: string) =>
  queryOptions({
    queryKey: ['audits', 'as-of', blueprint, identifier, at],
    queryFn: async ({ signal }) =>
      get<Past>(`${path('/api/v1/blueprints', blueprint, 'entities', identifier)}/as-of`, { signal, query: { at } }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });

interface EntityHistoryProps {
  readonly entity: Entity;
  readonly blueprint: Blueprint;
}

/** Every change of an entity, and how it stood after any of them. */
export function EntityHistory({ entity, blueprint }: EntityHistoryProps) {
  const audits = useQuery(auditsQuery({ entity: entity.identifier, blueprint: entity.blueprint, resources: 'entity' }));
  if (audits.isPending) return <RowSkeletons rows={4} />;
  if (audits.isError) return <ErrorState error={audits.error} retry={audits.refetch} />;
  const instants = audits.data
    .filter(({ status }) => status === 'SUCCESS')
    .map(({ trigger }) => trigger.at)
    .toSorted();
  return (
    <div className={classes['history']}>
      {instants.length > 1 && <TimeMachine entity={entity} blueprint={blueprint} instants={instants} />}
      <Panel flush>
        <AuditList audits={audits.data} withDiff />
      </Panel>
    </div>
  );
}

/** A slider over the changes; the address holds the instant. */
function TimeMachine({ entity, blueprint, instants }: EntityHistoryProps & { readonly instants: readonly string[] }) {
  const { t, i18n } = useTranslation('entity');
  const { at } = useSearch({ from: '/app/catalog/$blueprint/$identifier' });
  const navigate = useNavigate({ from: '/catalog/$blueprint/$identifier' });
  const last = instants.length - 1;
  // The newest change until then; an instant before the first is the first.
  const place =
    at === undefined
      ? last
      : Math.max(
          0,
          instants.findLastIndex((one) => one <= at),
        );
  const shown = instants[place] ?? '';
  const go = (index: number): void =>
    void navigate({ search: (old) => ({ ...old, at: index === last ? '' : (instants[index] ?? '') }), replace: true });
  return (
    <Panel
      title={
        <span className={classes['title']}>
          <IconClockHour4 size={16} aria-hidden />
          {t('asOf.title')}
        </span>
      }
      aside={<span className={classes['when']}>{exactTime(new Date(shown), i18n.language)}</span>}
    >
      <Slider
        className={classes['slider'] ?? ''}
        min={0}
        max={last}
        step={1}
        value={place}
        label={null}
        thumbLabel={t('asOf.slider')}
        marks={instants.length > 40 ? [] : instants.map((_, value) => ({ value }))}
        thumbProps={{ 'aria-valuetext': exactTime(new Date(shown), i18n.language) }}
        onChange={go}
      />
      {place === last ? (
        <p className={classes['hint']}>{t('asOf.now')}</p>
      ) : (
        <PastEntity entity={entity} blueprint={blueprint} at={shown} />
      )}
    </Panel>
  );
}

function PastEntity({ entity, blueprint, at }: EntityHistoryProps & { readonly at: string }) {
  const { t } = useTranslation(['entity', 'catalog']);
  const known = useKnown();
  const past = useQuery(pastQuery(entity.blueprint, entity.identifier, at));
  if (past.isPending) return <RowSkeletons rows={3} />;
  if (past.isError) return <ErrorState error={past.error} retry={past.refetch} />;
  const { entity: then, change, until } = past.data;
  if (then === null) return <p className={classes['hint']}>{t('asOf.gone')}</p>;
  const { by, origin } = change.trigger;
  return (
    <div className={classes['past']} aria-busy={past.isPlaceholderData}>
      <p className={classes['hint']}>
        {t('asOf.by')} <Who {...known(by.user?.email ?? by.userId ?? origin)} />
        {until !== null && (
          <>
            {t('asOf.until')} <RelativeTime at={until} />
          </>
        )}
      </p>
      <div className={classes['columns']}>
        <section>
          <h3>{t('asOf.then')}</h3>
          <Facts>
            <Fact label={t('catalog:column.title')}>{then.title}</Fact>
            <Fact label={t('catalog:team.title')}>
              <TeamChips teams={then.team} />
            </Fact>
            {propertiesOf(blueprint)
              .filter(({ key }) => !isBlank(then.properties[key]))
              .map(({ key, title, schema }) => (
                <Fact key={key} label={title}>
                  <PropertyValue value={then.properties[key]} schema={schema} compact />
                </Fact>
              ))}
          </Facts>
        </section>
        <section>
          <h3>{t('asOf.since')}</h3>
          <DiffView before={comparable(then)} after={comparable(entity)} />
        </section>
      </div>
    </div>
  );
}

const comparable = ({ title, icon, team, properties, relations }: Entity): Readonly<Record<string, unknown>> => ({
  title,
  icon,
  team,
  properties,
  relations,
});
