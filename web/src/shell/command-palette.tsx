import '@mantine/spotlight/styles.css';
import {
  createSpotlight,
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from '@mantine/spotlight';
import { IconAnchor, IconSearch } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { actionsQuery } from '../actions/api.ts';
import { sessionQuery } from '../api/session.ts';
import { blueprintsQuery, entityChoicesQuery } from '../catalog/api.ts';
import { scorecardsQuery } from '../scorecards/api.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { places } from './navigation.ts';

const MOST_PER_GROUP = 8;
const [store, palette] = createSpotlight();

const holds = (query: string, ...texts: readonly (string | null | undefined)[]): boolean =>
  query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => texts.some((text) => text?.toLowerCase().includes(word) === true));

/** Finds anything and goes anywhere. Mounted while open. */
export function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('shell');
  const [query, setQuery] = useState('');
  const [settled] = useDebouncedValue(query, 80);
  useEffect(() => palette.open(), []);
  const groups = usePaletteGroups(settled.trim());
  return (
    <Spotlight
      store={store}
      shortcut={null}
      actions={groups}
      filter={(_, all) => all}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      nothingFound={t('palette.nothing')}
      scrollable
      maxHeight={440}
      lockScroll={false}
      highlightQuery
      searchProps={{
        leftSection: <IconSearch size={18} stroke={1.6} />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.placeholder'),
      }}
    />
  );
}

function usePaletteGroups(query: string): SpotlightActionGroupData[] {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: actions = [] } = useQuery(actionsQuery);
  const { data: scorecards = [] } = useQuery(scorecardsQuery);
  const wanted = query === '' ? [] : blueprints.filter((one) => !one.identifier.startsWith('_'));
  const entities = useQueries({ queries: wanted.map((one) => entityChoicesQuery(one.identifier)) });

  const group = (key: string, found: SpotlightActionData[]): SpotlightActionGroupData => ({
    group: t(`palette.${key}`),
    actions: found.slice(0, MOST_PER_GROUP),
  });
  return [
    group(
      'actions',
      actions
        .filter((one) => holds(query, one.title, one.identifier, one.description))
        .map((one) => ({
          id: `action ${one.identifier}`,
          label: one.title ?? one.identifier,
          description: one.description ?? '',
          leftSection: <NamedIcon name={one.icon} fallback={IconAnchor} />,
          onClick: () => void navigate({ to: '/self-service', search: { action: one.identifier } }),
        })),
    ),
    group(
      'entities',
      entities.flatMap(({ data = [] }, index) =>
        data
          .filter((one) => holds(query, one.title, one.identifier))
          .slice(0, MOST_PER_GROUP)
          .map((one) => ({
            id: `entity ${one.blueprint} ${one.identifier}`,
            label: one.title,
            description: wanted[index]?.title ?? one.blueprint,
            leftSection: <NamedIcon name={one.icon ?? wanted[index]?.icon} />,
            onClick: () =>
              void navigate({
                to: '/catalog/$blueprint/$identifier',
                params: { blueprint: one.blueprint, identifier: one.identifier },
              }),
          })),
      ),
    ),
    group(
      'scorecards',
      scorecards
        .filter((one) => holds(query, one.title, one.identifier))
        .map((one) => ({
          id: `scorecard ${one.blueprint} ${one.identifier}`,
          label: one.title,
          leftSection: <NamedIcon name="shield" />,
          onClick: () =>
            void navigate({
              to: '/scorecards/$blueprint/$id',
              params: { blueprint: one.blueprint, id: one.identifier },
            }),
        })),
    ),
    group('pages', [
      ...places
        .filter((place) => place.sampleOnly !== true || session?.organisation.sample === true)
        .map((place) => ({ ...place, label: t(`places.${place.key}`) }))
        .filter((place) => holds(query, place.label, place.key))
        .map((place) => ({
          id: `place ${place.key}`,
          label: place.label,
          leftSection: <place.icon size={18} stroke={1.6} />,
          onClick: () => void navigate({ to: place.to }),
        })),
      ...blueprints
        .filter((one) => !one.identifier.startsWith('_') && holds(query, one.title, one.identifier))
        .map((one) => ({
          id: `blueprint ${one.identifier}`,
          label: one.title,
          description: t('places.catalog'),
          leftSection: <NamedIcon name={one.icon} />,
          onClick: () => void navigate({ to: '/catalog/$blueprint', params: { blueprint: one.identifier } }),
        })),
    ]),
  ].filter((one) => one.actions.length > 0);
}
