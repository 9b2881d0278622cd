import {
  IconAnchor,
  IconChecklist,
  IconBrandSlack,
  IconGavel,
  IconHistory,
  IconHome,
  IconLayoutDashboard,
  IconRoute,
  IconSend,
  IconSettings,
  IconStack2,
  type Icon,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';

export interface Place {
  readonly key: string;
  readonly to: string;
  readonly icon: Icon;
  /** The second key after "g". */
  readonly letter: string;
  /** Only with the sample workspace, whose Slack lives in this program. */
  readonly sampleOnly?: boolean;
}

export const places: readonly Place[] = [
  { key: 'home', to: '/', icon: IconHome, letter: 'h' },
  { key: 'pages', to: '/pages', icon: IconLayoutDashboard, letter: 'b' },
  { key: 'catalog', to: '/catalog', icon: IconStack2, letter: 'c' },
  { key: 'selfService', to: '/self-service', icon: IconAnchor, letter: 's' },
  { key: 'scorecards', to: '/scorecards', icon: IconChecklist, letter: 'r' },
  { key: 'approvals', to: '/approvals', icon: IconGavel, letter: 'v' },
  { key: 'pipelines', to: '/pipelines', icon: IconRoute, letter: 'p' },
  { key: 'slack', to: '/slack', icon: IconBrandSlack, letter: 'l', sampleOnly: true },
  { key: 'deliveries', to: '/deliveries', icon: IconSend, letter: 'd' },
  { key: 'audit', to: '/audit', icon: IconHistory, letter: 'a' },
  { key: 'settings', to: '/settings/people', icon: IconSettings, letter: 't' },
];

/** "g c" and its sisters. */
export function useGoShortcuts(): Readonly<Record<string, () => void>> {
  const navigate = useNavigate();
  return useMemo(
    () => Object.fromEntries(places.map((place) => [`g ${place.letter}`, () => void navigate({ to: place.to })])),
    [navigate],
  );
}
