import '@mantine/spotlight/styles.css';
import {
  createSpotlight,
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from '@mantine/spotlight';
import { IconAnchor, IconBolt, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { offeredActionsQuery } from '../actions/api.ts';
import { get } from '../api/client.ts';
import { sessionQuery } from '../api/session.ts';
import type { Blueprint } from '../api/wire.ts';
import { teamsQuery } from '../access/api.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { sidebarQuery } from '../pages/api.ts';
import { scorecardsQuery } from '../scorecards/api.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { places } from './navigation.ts';
import { verbsOf } from './palette-verbs.ts';

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
  const [settled] = useDebouncedValue(query, 120);
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

interface Match {
  readonly field: string;
  readonly text: string;
}

interface Hit {
  readonly kind: string;
  readonly identifier: string;
  readonly blueprint: string | null;
  readonly title: string;
  readonly icon: string | null;
  readonly matches: readonly Match[];
}

const MOST_HITS = 40;
const nothing: readonly Hit[] = [];

/** Answered by the server; an answer to an older question is dropped. */
const hitsQuery = (query: string) =>
  queryOptions({
    queryKey: ['find', query],
    queryFn: async ({ signal }) => {
      const parameters = new URLSearchParams({ q: query.slice(0, 200), limit: String(MOST_HITS) });
      return (await get<{ results: readonly Hit[] }>(`/api/v1/search?${parameters.toString()}`, { signal })).results;
    },
    enabled: query !== '',
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });

const groupOf: Readonly<Record<string, string>> = {
  action: 'actions',
  entity: 'entities',
  scorecard: 'scorecards',
  blueprint: 'pages',
};

function usePaletteGroups(query: string): SpotlightActionGroupData[] {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: actions = [] } = useQuery(offeredActionsQuery());
  const { data: found = nothing } = useQuery(hitsQuery(query));

  const suggested = actions.map((one): Hit => ({
    kind: 'action',
    identifier: one.identifier,
    blueprint: null,
    title: one.title ?? one.identifier,
    icon: one.icon ?? null,
    matches: [],
  }));
  const editor = session?.person.roles.includes('Admin') === true;
  const isOpen = ({ kind, identifier }: Hit): boolean =>
    kind !== 'action' || editor || actions.some((one) => one.identifier === identifier);
  const hits = query === '' ? suggested : found.filter(isOpen);
  const toAction = (hit: Hit): SpotlightActionData => ({
    id: `${hit.kind} ${hit.blueprint ?? ''} ${hit.identifier}`,
    label: hit.title,
    description: describeHit(hit, blueprints, t('places.catalog')),
    leftSection: <NamedIcon name={iconOf(hit, blueprints)} fallback={IconAnchor} />,
    onClick: () => void navigate(addressOf(hit) as never),
  });
  const group = (key: string, more: readonly SpotlightActionData[] = []): SpotlightActionGroupData => ({
    group: t(`palette.${key}`),
    actions: [...more, ...hits.filter((hit) => groupOf[hit.kind] === key).map(toAction)].slice(0, MOST_PER_GROUP),
  });
  const pages = places
    .filter((place) => place.sampleOnly !== true || session?.organisation.sample === true)
    .map((place) => ({ ...place, label: t(`places.${place.key}`) }))
    .filter((place) => holds(query, place.label, place.key))
    .map((place) => ({
      id: `place ${place.key}`,
      label: place.label,
      leftSection: <place.icon size={18} stroke={1.6} />,
      onClick: () => void navigate({ to: place.to }),
    }));
  const verbs = useVerbs(query);
  const order = hits[0]?.kind === 'action' || query === '' ? ['actions', 'entities'] : ['entities', 'actions'];
  return [...order.map((key) => group(key)), group('scorecards'), group('verbs', verbs), group('pages', pages)].filter(
    (one) => one.actions.length > 0,
  );
}

/** What can be done and gone to that holds all words; nothing before something is asked. */
function useVerbs(query: string): readonly SpotlightActionData[] {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: scorecards = [] } = useQuery(scorecardsQuery);
  const { data: teams = [] } = useQuery(teamsQuery);
  const { data: sidebar = [] } = useQuery(sidebarQuery);
  if (query === '') return [];
  const pages = sidebar.filter((one) => one.sidebarType === 'page');
  return verbsOf({ blueprints, scorecards, teams: teams.map((one) => one.name), pages }, t)
    .filter(({ label, words }) => holds(query, label, ...words))
    .map(({ id, label, icon, to }) => ({
      id,
      label,
      leftSection: <NamedIcon name={icon} fallback={IconBolt} />,
      onClick: () => void navigate(to as never),
    }));
}

/** Its blueprint, and where the words stand when that is not in its name. */
function describeHit({ kind, blueprint, matches }: Hit, blueprints: readonly Blueprint[], catalog: string): string {
  if (kind === 'blueprint') return catalog;
  const owner = blueprints.find((one) => one.identifier === blueprint);
  const inName = matches.some(({ field }) => field === '$title' || field === '$identifier');
  const [match] = inName ? [] : matches;
  const key = match?.field ?? '';
  const field = owner?.schema.properties[key]?.title ?? key;
  const where = match === undefined ? undefined : key.startsWith('$') ? match.text : `${field}: ${match.text}`;
  return [owner?.title ?? blueprint ?? '', where].filter(Boolean).join(' · ');
}

function iconOf({ kind, icon, blueprint }: Hit, blueprints: readonly Blueprint[]): string | null | undefined {
  if (kind === 'scorecard') return 'shield';
  return icon ?? (kind === 'entity' ? blueprints.find((one) => one.identifier === blueprint)?.icon : undefined);
}

function addressOf({ kind, identifier, blueprint }: Hit): object {
  if (kind === 'action') return { to: '/self-service', search: { action: identifier } };
  if (kind === 'blueprint') return { to: '/catalog/$blueprint', params: { blueprint: identifier } };
  const owner = blueprint ?? '';
  return kind === 'scorecard'
    ? { to: '/scorecards/$blueprint/$id', params: { blueprint: owner, id: identifier } }
    : { to: '/catalog/$blueprint/$identifier', params: { blueprint: owner, identifier } };
}
