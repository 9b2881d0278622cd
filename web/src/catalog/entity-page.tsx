import { ActionIcon, Button, Menu, Tabs } from '@mantine/core';
import { IconBolt, IconChevronDown, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Suspense, useEffect, useState } from 'react';
import { lazyDialog, lazyPart } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { offeredActionsQuery } from '../actions/api.ts';
import { ExecuteDialog } from '../actions/execute-dialog.tsx';
import type { Action, Blueprint, Entity, Scorecard } from '../api/wire.ts';
import { sessionQuery } from '../api/session.ts';
import { withWords } from '../i18n/i18n.ts';
import { entityPageOf, pageQuery, type StoredPage } from '../pages/api.ts';
import { entityTabs, MOST_TABS } from '../pages/entity-tabs.ts';
import { FilteredRuns, type RunChoice } from '../runs/filtered-runs.tsx';
import { scorecardsQuery } from '../scorecards/api.ts';
import { EntityScorecard } from '../scorecards/entity-scorecard.tsx';
import { NamedIcon } from '../ui/icon.tsx';
import { Identifier } from '../ui/identifier.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { blueprintsQuery, entityQuery } from './api.ts';
import classes from './entity-page.module.css';
import { ChangeEntity } from './change-entity.tsx';
import { EntityOverview } from './entity-overview.tsx';
import { TeamChips } from './team-chips.tsx';
import { rememberViewed } from './viewed-entities.ts';

const RelatedTab = lazyPart(async () => ({ default: (await import('./related/related-tab.tsx')).RelatedTab }));
const EntityHistory = lazyPart(async () => ({ default: (await import('./history/entity-history.tsx')).EntityHistory }));

const EntityBoard = lazyPart(
  withWords(async () => ({ default: (await import('../pages/entity-board.tsx')).EntityBoard }), 'pages'),
);
const NewTabDialog = lazyDialog(
  withWords(async () => ({ default: (await import('../pages/new-tab-dialog.tsx')).NewTabDialog }), 'pages'),
);

export function EntityPage() {
  const { blueprint: of, identifier } = useParams({ from: '/app/catalog/$blueprint/$identifier' });
  const blueprints = useQuery(blueprintsQuery);
  const entity = useQuery(entityQuery(of, identifier));
  const blueprint = blueprints.data?.find((one) => one.identifier === of);
  const failed = entity.isError ? entity : blueprints.isError ? blueprints : undefined;
  if (failed !== undefined) return <ErrorState page error={failed.error} retry={failed.refetch} />;
  if (entity.data === undefined || blueprint === undefined) {
    return (
      <Page title={identifier}>
        <RowSkeletons rows={4} height={96} />
      </Page>
    );
  }
  return <EntityView key={`${of}/${identifier}`} entity={entity.data} blueprint={blueprint} />;
}

function EntityView({ entity, blueprint }: { readonly entity: Entity; readonly blueprint: Blueprint }) {
  const { t } = useTranslation('catalog');
  const { data: all = [] } = useQuery(scorecardsQuery);
  const scorecards = all.filter((one) => one.blueprint === blueprint.identifier);
  const { tab } = useSearch({ from: '/app/catalog/$blueprint/$identifier' });
  const navigate = useNavigate({ from: '/catalog/$blueprint/$identifier' });
  const { data: stored } = useQuery({ ...pageQuery(entityPageOf(blueprint.identifier)), retry: false });
  const tabs = entityTabs(stored);
  useViewed(entity);
  return (
    <Page
      title={entity.title}
      icon={<NamedIcon name={entity.icon ?? blueprint.icon} size={20} />}
      crumbs={[
        { label: t('index.title'), to: '/catalog' },
        { label: blueprint.title, to: `/catalog/${encodeURIComponent(blueprint.identifier)}` },
      ]}
      lead={
        <span className={classes['lead']}>
          <Identifier value={entity.identifier} />
          <TeamChips teams={entity.team} />
        </span>
      }
      actions={
        <>
          <ChangeEntity entity={entity} blueprint={blueprint} />
          <EntityActions entity={entity} />
        </>
      }
    >
      <Tabs
        value={builtInTabs.includes(tab ?? '') || tabs.some((one) => one.title === tab) ? (tab ?? '') : 'overview'}
        onChange={(next) =>
          void navigate({ search: next === null || next === 'overview' ? {} : { tab: next }, replace: true })
        }
        keepMounted={false}
      >
        <div className={classes['tabBar']}>
          <Tabs.List className={classes['tabs'] ?? ''}>
            {builtInTabs.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t(`tabs.${name}`)}
              </Tabs.Tab>
            ))}
            {tabs.map(({ title }) => (
              <Tabs.Tab key={title} value={title}>
                {title}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {stored?.mayUpdate === true && tabs.length < MOST_TABS && (
            <AddTab stored={stored} entity={entity} blueprint={blueprint} />
          )}
        </div>
        <Tabs.Panel value="overview">
          <EntityOverview entity={entity} blueprint={blueprint} scorecards={scorecards} />
        </Tabs.Panel>
        <Tabs.Panel value="related">
          <Suspense fallback={<RowSkeletons rows={3} height={120} />}>
            <RelatedTab entity={entity} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="scorecards">
          <Scorecards entity={entity} blueprint={blueprint} scorecards={scorecards} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <EntityRuns entity={entity} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <Suspense fallback={<RowSkeletons rows={4} />}>
            <EntityHistory entity={entity} blueprint={blueprint} />
          </Suspense>
        </Tabs.Panel>
        {stored !== undefined &&
          tabs.map((own) => (
            <Tabs.Panel key={own.title} value={own.title}>
              <Suspense fallback={<RowSkeletons rows={3} height={120} />}>
                <EntityBoard stored={stored} tab={own} entity={entity} blueprint={blueprint} />
              </Suspense>
            </Tabs.Panel>
          ))}
      </Tabs>
    </Page>
  );
}

const builtInTabs = ['overview', 'related', 'scorecards', 'runs', 'history'];

/** Remembered for the reader's own list of what they looked at. */
function useViewed(entity: Entity): void {
  const { data: session } = useQuery(sessionQuery);
  const person = session?.person.id;
  useEffect(() => {
    if (person !== undefined) rememberViewed(person, entity);
  }, [person, entity]);
}

interface AddTabProps {
  readonly stored: StoredPage;
  readonly entity: Entity;
  readonly blueprint: Blueprint;
}

function AddTab(props: AddTabProps) {
  const { t } = useTranslation('catalog');
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ActionIcon
        className={classes['addTab'] ?? ''}
        aria-label={t('entity.addTab')}
        title={t('entity.addTab')}
        onClick={() => setAsking(true)}
      >
        <IconPlus size={16} />
      </ActionIcon>
      {asking && (
        <Suspense>
          <NewTabDialog {...props} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </>
  );
}

function EntityActions({ entity }: { readonly entity: Entity }) {
  const { t } = useTranslation('catalog');
  const { data: actions = [] } = useQuery(offeredActionsQuery(entity));
  const [chosen, setChosen] = useState<Action>();
  if (actions.length === 0) return null;
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={280}>
        <Menu.Target>
          <Button leftSection={<IconBolt size={16} />} rightSection={<IconChevronDown size={14} />}>
            {t('entity.actions')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {actions.map((action) => (
            <Menu.Item
              key={action.identifier}
              leftSection={<NamedIcon name={action.icon} size={16} />}
              onClick={() => setChosen(action)}
            >
              {action.title ?? action.identifier}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {chosen !== undefined && (
        <ExecuteDialog action={chosen} entity={entity.identifier} onClose={() => setChosen(undefined)} />
      )}
    </>
  );
}

interface ScorecardsProps {
  readonly entity: Entity;
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
}

function Scorecards({ entity, blueprint, scorecards }: ScorecardsProps) {
  const { t } = useTranslation('catalog');
  const graded = scorecards.filter((one) => entity.scorecards?.[one.identifier] !== undefined);
  if (graded.length === 0) {
    return (
      <EmptyState icon={IconBolt} title={t('entity.noScorecards')}>
        {t('entity.noScorecardsHelp', { blueprint: blueprint.title })}
      </EmptyState>
    );
  }
  return (
    <div className={classes['stack']}>
      {graded.map((scorecard) => (
        <EntityScorecard key={scorecard.identifier} entity={entity} blueprint={blueprint} scorecard={scorecard} />
      ))}
    </div>
  );
}

/** An empty choice is none. */
const chosen = ({ action, status, mine }: RunChoice): RunChoice => ({
  ...(action === undefined || action === '' ? {} : { action }),
  ...(status === undefined || status === '' ? {} : { status }),
  ...(mine === true ? { mine } : {}),
});

function EntityRuns({ entity }: { readonly entity: Entity }) {
  const [choice, setChoice] = useState<RunChoice>({});
  return (
    <FilteredRuns
      within={{ entity: entity.identifier, blueprint: entity.blueprint }}
      choice={choice}
      choose={(change) => setChoice(chosen({ ...choice, ...change }))}
    />
  );
}
