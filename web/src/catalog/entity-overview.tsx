import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Entity, Scorecard } from '../api/wire.ts';
import { useKnown } from '../runs/run-summary.tsx';
import { ScorecardGlance } from '../scorecards/entity-scorecard.tsx';
import { Fact, Facts } from '../ui/facts.tsx';
import { NamedIcon } from '../ui/icon.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { blueprintsQuery, entityChoicesQuery, referrersQuery } from './api.ts';
import { isBlank, isLong, propertiesOf } from './columns.ts';
import classes from './entity-page.module.css';
import { PropertyValue } from './property-value.tsx';
import { TeamChips } from './team-chips.tsx';

interface EntityOverviewProps {
  readonly entity: Entity;
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
}

/** What it is, whose it is, whether it is well, and what it is connected to. */
export function EntityOverview({ entity, blueprint, scorecards }: EntityOverviewProps) {
  const { t } = useTranslation('catalog');
  const known = useKnown();
  const properties = propertiesOf(blueprint);
  const long = properties.filter(({ key, schema }) => isLong(schema) && !isBlank(entity.properties[key]));
  const graded = scorecards.filter((one) => entity.scorecards?.[one.identifier] !== undefined);
  return (
    <div className={classes['columns']}>
      <div className={classes['column']}>
        <Panel title={t('entity.properties')}>
          <Facts columns={2}>
            {properties
              .filter(({ schema }) => !isLong(schema))
              .map(({ key, title, schema }) => (
                <Fact key={key} label={title} hint={schema.description}>
                  <PropertyValue value={entity.properties[key]} schema={schema} />
                </Fact>
              ))}
          </Facts>
        </Panel>
        <Relations entity={entity} blueprint={blueprint} />
        {long.map(({ key, title, schema }) => (
          <Panel key={key} title={title}>
            <PropertyValue value={entity.properties[key]} schema={schema} />
          </Panel>
        ))}
      </div>
      <div className={classes['column']}>
        {graded.length > 0 && (
          <Panel title={t('tabs.scorecards')}>
            <div className={classes['glances']}>
              {graded.map((scorecard) => (
                <ScorecardGlance
                  key={scorecard.identifier}
                  entity={entity}
                  blueprint={blueprint}
                  scorecard={scorecard}
                />
              ))}
            </div>
          </Panel>
        )}
        <Panel title={t('entity.ownership')}>
          <Facts>
            <Fact label={t('team.title')}>
              <TeamChips teams={entity.team} />
            </Fact>
            <Fact label={t('entity.createdBy')}>
              <Who {...known(entity.createdBy)} />
            </Fact>
            <Fact label={t('entity.created')}>
              <RelativeTime at={entity.createdAt} />
            </Fact>
            <Fact label={t('entity.updatedBy')}>
              <Who {...known(entity.updatedBy)} />
            </Fact>
            <Fact label={t('column.updated')}>
              <RelativeTime at={entity.updatedAt} />
            </Fact>
          </Facts>
        </Panel>
      </div>
    </div>
  );
}

interface EntityLinksProps {
  readonly target: string;
  readonly identifiers: readonly string[];
}

function EntityLinks({ target, identifiers }: EntityLinksProps) {
  const { t } = useTranslation('catalog');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: entities = [] } = useQuery({ ...entityChoicesQuery(target), enabled: identifiers.length > 0 });
  if (identifiers.length === 0) return <span style={{ color: 'var(--q-text-3)' }}>{t('entity.noRelation')}</span>;
  const icon = blueprints.find((one) => one.identifier === target)?.icon;
  return (
    <span className={classes['links']}>
      {identifiers.map((identifier) => (
        <Link key={identifier} to="/catalog/$blueprint/$identifier" params={{ blueprint: target, identifier }}>
          <NamedIcon name={icon} size={14} />
          {entities.find((one) => one.identifier === identifier)?.title ?? identifier}
        </Link>
      ))}
    </span>
  );
}

/** Relations as links in both directions. */
function Relations({ entity, blueprint }: { readonly entity: Entity; readonly blueprint: Blueprint }) {
  const { t } = useTranslation('catalog');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const incoming = blueprints.flatMap((source) =>
    Object.entries(source.relations)
      .filter(([, relation]) => relation.target === blueprint.identifier)
      .map(([key, relation]) => ({ source, key, relation })),
  );
  const outgoing = Object.entries(blueprint.relations);
  if (outgoing.length === 0 && incoming.length === 0) return null;
  return (
    <Panel title={t('entity.relations')}>
      <Facts>
        {outgoing.map(([key, relation]) => {
          const value = entity.relations[key];
          return (
            <Fact key={key} label={relation.title ?? key} hint={relation.description}>
              <EntityLinks
                target={relation.target}
                identifiers={value === null || value === undefined ? [] : typeof value === 'string' ? [value] : value}
              />
            </Fact>
          );
        })}
        {incoming.map(({ source, key, relation }) => (
          <Incoming
            key={`${source.identifier} ${key}`}
            entity={entity}
            source={source}
            relation={key}
            many={relation.many === true}
            title={relation.title ?? key}
          />
        ))}
      </Facts>
    </Panel>
  );
}

interface IncomingProps {
  readonly entity: Entity;
  readonly source: Blueprint;
  readonly relation: string;
  readonly title: string;
  readonly many: boolean;
}

function Incoming({ entity, source, relation, title, many }: IncomingProps) {
  const { t } = useTranslation('catalog');
  const { data = [] } = useQuery(referrersQuery(source.identifier, relation, many, entity.identifier));
  if (data.length === 0) return null;
  return (
    <Fact label={t('entity.incoming', { blueprint: source.title, relation: title })}>
      <EntityLinks target={source.identifier} identifiers={data.map((one) => one.identifier)} />
    </Fact>
  );
}
