import { Button } from '@mantine/core';
import { IconArrowUpRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Entity, Scorecard } from '../api/wire.ts';
import { ScorecardGlance } from '../scorecards/entity-scorecard.tsx';
import { Drawer } from '../ui/drawer.tsx';
import { Fact, Facts } from '../ui/facts.tsx';
import { Identifier } from '../ui/identifier.tsx';
import { RelativeTime } from '../ui/time.tsx';
import classes from './entity-drawer.module.css';
import { ChangeEntity } from './change-entity.tsx';
import { propertiesOf } from './columns.ts';
import { PropertyValue } from './property-value.tsx';
import { TeamChips } from './team-chips.tsx';

interface EntityDrawerProps {
  readonly entity: Entity;
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
  readonly onClose: () => void;
}

/** An entity beside its table. */
export function EntityDrawer({ entity, blueprint, scorecards, onClose }: EntityDrawerProps) {
  const { t } = useTranslation('catalog');
  return (
    <Drawer
      label={entity.title}
      onClose={onClose}
      head={
        <>
          <h2 className={classes['title']}>{entity.title}</h2>
          <Identifier value={entity.identifier} />
        </>
      }
    >
      <div className={classes['parts']}>
        <div className={classes['buttons']}>
          <Button
            component={Link}
            to="/catalog/$blueprint/$identifier"
            params={{ blueprint: entity.blueprint, identifier: entity.identifier } as never}
            variant="default"
            rightSection={<IconArrowUpRight size={16} />}
          >
            {t('drawer.open')}
          </Button>
          <ChangeEntity entity={entity} blueprint={blueprint} />
        </div>
        {scorecards.map((scorecard) => (
          <ScorecardGlance key={scorecard.identifier} entity={entity} blueprint={blueprint} scorecard={scorecard} />
        ))}
        <Facts>
          <Fact label={t('team.title')}>
            <TeamChips teams={entity.team} />
          </Fact>
          {propertiesOf(blueprint).map(({ key, title, schema }) => (
            <Fact key={key} label={title} hint={schema.description}>
              <PropertyValue value={entity.properties[key]} schema={schema} />
            </Fact>
          ))}
          <Fact label={t('column.updated')}>
            <RelativeTime at={entity.updatedAt} />
          </Fact>
        </Facts>
      </div>
    </Drawer>
  );
}
