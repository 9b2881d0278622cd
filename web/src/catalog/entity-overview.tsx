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
import { blueprintsQuery } from './api.ts';
import { isBlank, isLong } from './columns.ts';
import classes from './entity-page.module.css';
import { shownProperties } from './mirror-schema.ts';
import { PropertyValue } from './property-value.tsx';
import { type NamedEntity, relatedQuery, relationTitle } from './related/related-api.ts';
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
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const properties = shownProperties(blueprint, blueprints);
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
  readonly entities: readonly NamedEntity[];
  /** How many more there are, and where. */
  readonly more: number;
}

const none: readonly NamedEntity[] = [];

function EntityLinks({ target, entities, more }: EntityLinksProps) {
  const { t } = useTranslation('catalog');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  if (entities.length === 0) return <span style={{ color: 'var(--q-text-3)' }}>{t('entity.noRelation')}</span>;
  const blueprintIcon = blueprints.find((one) => one.identifier === target)?.icon;
  return (
    <span className={classes['links']}>
      {entities.map(({ identifier, title, icon }) => (
        <Link key={identifier} to="/catalog/$blueprint/$identifier" params={{ blueprint: target, identifier }}>
          <NamedIcon name={icon ?? blueprintIcon} size={14} />
          {title ?? identifier}
        </Link>
      ))}
      {more > 0 && (
        <Link to="." search={{ tab: 'related' } as never}>
          {t('entity.more', { count: more })}
        </Link>
      )}
    </span>
  );
}

const FEW = 12;

/** Relations as links in both directions. */
function Relations({ entity, blueprint }: { readonly entity: Entity; readonly blueprint: Blueprint }) {
  const { t } = useTranslation('catalog');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: groups = [] } = useQuery(relatedQuery(entity.blueprint, entity.identifier, FEW));
  const outgoing = Object.entries(blueprint.relations);
  const incoming = groups.filter(({ direction }) => direction === 'in');
  if (outgoing.length === 0 && incoming.length === 0) return null;
  const titleOf = (identifier: string): string =>
    blueprints.find((one) => one.identifier === identifier)?.title ?? identifier;
  return (
    <Panel title={t('entity.relations')}>
      <Facts>
        {outgoing.map(([key, relation]) => {
          const group = groups.find((one) => one.direction === 'out' && one.relation === key);
          const entities = group?.entities ?? none;
          return (
            <Fact key={key} label={relation.title ?? key} hint={relation.description}>
              <EntityLinks target={relation.target} entities={entities} more={(group?.count ?? 0) - entities.length} />
            </Fact>
          );
        })}
        {incoming.map((group) => (
          <Fact
            key={`${group.blueprint} ${group.relation}`}
            label={t('entity.incoming', {
              blueprint: titleOf(group.blueprint),
              relation: relationTitle(blueprints, entity.blueprint, group),
            })}
          >
            <EntityLinks
              target={group.blueprint}
              entities={group.entities}
              more={group.count - group.entities.length}
            />
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}
