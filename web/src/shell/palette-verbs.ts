import type { TFunction } from 'i18next';
import type { Blueprint, Scorecard } from '../api/wire.ts';

/** Something the palette does or goes to, that is not found by the server. */
export interface Verb {
  readonly id: string;
  readonly label: string;
  readonly icon: string | null;
  /** Words beside the label by which it is found. */
  readonly words: readonly string[];
  readonly to: object;
}

const sections = ['people', 'teams', 'credentials', 'integrations', 'webhooks', 'slack'] as const;

interface Known {
  readonly blueprints: readonly Blueprint[];
  readonly scorecards: readonly Scorecard[];
  readonly teams: readonly string[];
  readonly pages: readonly { readonly identifier: string; readonly title: string; readonly icon?: string | null }[];
}

/** Settings, dashboards, and what can be done: make something, remind, look at what a team has to mend. */
export function verbsOf({ blueprints, scorecards, teams, pages }: Known, t: TFunction<'shell'>): readonly Verb[] {
  return [
    ...scorecards.map((one): Verb => ({
      id: `remind ${one.blueprint} ${one.identifier}`,
      label: t('verbs.remind', { scorecard: one.title }),
      icon: 'slack',
      words: ['remind', 'slack', one.identifier],
      to: {
        to: '/scorecards/$blueprint/$id',
        params: { blueprint: one.blueprint, id: one.identifier },
        search: { open: 'reminder' },
      },
    })),
    ...scorecards.flatMap((one) => teams.map((team) => unmetOf(one, team, t))),
    ...blueprints
      .filter((one) => !one.identifier.startsWith('_'))
      .map((one): Verb => ({
        id: `new ${one.identifier}`,
        label: t('verbs.new', { blueprint: one.title }),
        icon: one.icon ?? null,
        words: ['new', 'create', one.identifier],
        to: { to: '/catalog/$blueprint', params: { blueprint: one.identifier }, search: { new: '1' } },
      })),
    ...pages.map((one): Verb => ({
      id: `page ${one.identifier}`,
      label: one.title,
      icon: one.icon ?? null,
      words: ['dashboard', one.identifier],
      to: { to: '/pages/$page', params: { page: one.identifier } },
    })),
    ...sections.map((section): Verb => ({
      id: `settings ${section}`,
      label: t('verbs.settings', { section: t(`settings.${section}`) }),
      icon: null,
      words: ['settings', section],
      to: { to: '/settings/$section', params: { section } },
    })),
  ];
}

/** The rows of a team that are below the last level, put together by level. */
function unmetOf({ blueprint, identifier, title, levels }: Scorecard, team: string, t: TFunction<'shell'>): Verb {
  const rules = [
    { property: '$team', operator: 'in', value: [team] },
    { scorecard: identifier, operator: 'notIn', value: levels.slice(-1).map((level) => level.title) },
  ];
  return {
    id: `unmet ${blueprint} ${identifier} ${team}`,
    label: t('verbs.unmet', { team, scorecard: title }),
    icon: null,
    words: ['remind', 'team', team],
    to: {
      to: '/catalog/$blueprint',
      params: { blueprint },
      search: { view: 'all', group: `level:${identifier}`, filter: JSON.stringify({ combinator: 'and', rules }) },
    },
  };
}
