import { Fieldset, MultiSelect, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SearchedField } from '../ui/searched-field.tsx';
import { peopleSource, teamsSource } from './directory.ts';

/** Whom something is granted: everybody with a role, everybody of a team, single people. */
export interface Grant {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly teams: readonly string[];
}

interface GrantFieldsProps<Granted extends Grant> {
  readonly legend: ReactNode;
  readonly grant: Granted;
  /** Roles beside those that every organisation has. */
  readonly roles?: readonly string[];
  readonly children?: ReactNode;
  readonly onChange: (grant: Granted) => void;
}

const usual = ['Admin', 'Moderator', 'Member'];
const none: readonly string[] = [];

export function GrantFields<Granted extends Grant>({
  legend,
  grant,
  roles = none,
  children,
  onChange,
}: GrantFieldsProps<Granted>) {
  const { t } = useTranslation('access');
  return (
    <Fieldset legend={legend}>
      <Stack gap={10}>
        <MultiSelect
          label={t('grant.roles')}
          data={[...new Set([...usual, ...roles, ...grant.roles])]}
          value={[...grant.roles]}
          onChange={(value) => onChange({ ...grant, roles: value })}
          searchable
        />
        <SearchedField
          source={teamsSource}
          words={{ label: t('grant.teams') }}
          multiple
          value={grant.teams}
          onChange={(value) => onChange({ ...grant, teams: value })}
        />
        <SearchedField
          source={peopleSource}
          words={{ label: t('grant.users') }}
          multiple
          value={grant.users}
          onChange={(value) => onChange({ ...grant, users: value })}
        />
        {children}
      </Stack>
    </Fieldset>
  );
}
