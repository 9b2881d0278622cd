import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { peopleQuery, teamsQuery } from '../../access/api.ts';
import { blueprintsQuery } from '../../catalog/api.ts';

export interface ActorChoice {
  readonly value: string;
  readonly label: string;
}

/** Whom something can be granted to: roles, teams and people of the organisation. */
export function useActorChoices(): Readonly<Record<'roles' | 'teams' | 'users', readonly ActorChoice[]>> {
  const { t } = useTranslation('action-editor');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: people = [] } = useQuery(peopleQuery);
  const { data: teams = [] } = useQuery(teamsQuery);
  return {
    roles: [
      { value: 'Admin', label: t('role.Admin') },
      { value: 'Member', label: t('role.Member') },
      ...blueprints.map((one) => ({
        value: `${one.identifier}-moderator`,
        label: t('role.moderator', { blueprint: one.title }),
      })),
    ],
    teams: teams.map((one) => ({ value: one.name, label: one.name })),
    users: people.map((one) => ({
      value: one.email,
      label: `${one.firstName ?? ''} ${one.lastName ?? ''}`.trim() || one.email,
    })),
  };
}

/** What is granted to somebody who is not in the list any more stays, and shows. */
export const withUnknown = (known: readonly ActorChoice[], granted: readonly string[]): ActorChoice[] => [
  ...known,
  ...granted.filter((one) => !known.some(({ value }) => value === one)).map((one) => ({ value: one, label: one })),
];
