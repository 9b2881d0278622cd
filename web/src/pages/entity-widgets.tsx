import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../api/wire.ts';
import { blueprintsQuery, entityQuery } from '../catalog/api.ts';
import { isBlank, isLong } from '../catalog/columns.ts';
import { shownProperties } from '../catalog/mirror-schema.ts';
import { PropertyValue } from '../catalog/property-value.tsx';
import { RelatedGraph } from '../catalog/related/related-graph.tsx';
import { RelatedTab } from '../catalog/related/related-tab.tsx';
import { TeamChips } from '../catalog/team-chips.tsx';
import { scorecardsQuery } from '../scorecards/api.ts';
import { ScorecardGlance } from '../scorecards/entity-scorecard.tsx';
import { Fact, Facts } from '../ui/facts.tsx';
import { RowSkeletons } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { type EntityOfPage, usePageEntity } from './templates-of-text.ts';
import { textOf, textsOf, type Widget } from './widget.ts';
import classes from './widget.module.css';

/** What is shown of one entity: the one that the widget names, or that the page is looked at for. */
export function EntityWidget({ widget }: { readonly widget: Widget }) {
  const { t } = useTranslation('pages');
  const own = usePageEntity();
  const named = { blueprint: textOf(widget, 'blueprint'), identifier: textOf(widget, 'entity') };
  const isNamed = named.blueprint !== '' && named.identifier !== '' && !named.identifier.includes('{{');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const found = useQuery({ ...entityQuery(named.blueprint, named.identifier), enabled: isNamed });
  const blueprint = blueprints.find((one) => one.identifier === found.data?.blueprint);
  const about = isNamed
    ? found.data === undefined || blueprint === undefined
      ? undefined
      : { entity: found.data, blueprint }
    : own;
  if (isNamed && found.isPending) return <RowSkeletons rows={3} />;
  if (about === undefined) return <p className={classes['nothing']}>{t('widget.noEntity')}</p>;
  switch (widget.type) {
    case 'table-entities-explorer-by-direction':
      return <RelatedTab entity={about.entity} />;
    case 'graph-entities-explorer':
      return <RelatedGraph entity={about.entity} tall={false} />;
    case 'entity-card':
      return <EntityCard {...about} />;
    default:
      return <EntityInfo {...about} widget={widget} />;
  }
}

const shownOf = (widget: Widget, { entity, blueprint }: EntityOfPage, blueprints: readonly Blueprint[]) => {
  const hidden = new Set(textsOf(widget['hiddenQuery']));
  const order = textsOf(widget['order']);
  const place = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  return shownProperties(blueprint, blueprints)
    .filter(({ key }) => !hidden.has(key) && (widget['showEmptyValues'] !== false || !isBlank(entity.properties[key])))
    .toSorted((left, right) => place(left.key) - place(right.key));
};

function EntityInfo({ entity, blueprint, widget }: EntityOfPage & { readonly widget: Widget }) {
  const { t } = useTranslation('catalog');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const shown = shownOf(widget, { entity, blueprint }, blueprints);
  const long = shown.filter(({ key, schema }) => isLong(schema) && !isBlank(entity.properties[key]));
  return (
    <div className={classes['cardOf']}>
      <Facts>
        <Fact label={t('team.title')}>
          <TeamChips teams={entity.team} />
        </Fact>
        {shown
          .filter(({ schema }) => !isLong(schema))
          .map(({ key, title, schema }) => (
            <Fact key={key} label={title} hint={schema.description}>
              <PropertyValue value={entity.properties[key]} schema={schema} />
            </Fact>
          ))}
        <Fact label={t('column.updated')}>
          <RelativeTime at={entity.updatedAt} />
        </Fact>
      </Facts>
      {long.map(({ key, title, schema }) => (
        <section key={key} className={classes['long']}>
          <h3>{title}</h3>
          <PropertyValue value={entity.properties[key]} schema={schema} />
        </section>
      ))}
    </div>
  );
}

function EntityCard({ entity, blueprint }: EntityOfPage) {
  const { data: scorecards = [] } = useQuery(scorecardsQuery);
  const graded = scorecards.filter(
    (one) => one.blueprint === blueprint.identifier && entity.scorecards?.[one.identifier] !== undefined,
  );
  return (
    <div className={classes['cardOf']}>
      <strong>{entity.title}</strong>
      <TeamChips teams={entity.team} />
      {graded.map((scorecard) => (
        <ScorecardGlance key={scorecard.identifier} entity={entity} blueprint={blueprint} scorecard={scorecard} />
      ))}
    </div>
  );
}
