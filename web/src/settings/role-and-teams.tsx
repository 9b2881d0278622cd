import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { teamsSource } from '../access/directory.ts';
import { SearchedField } from '../ui/searched-field.tsx';

export const firstRole = 'Member';
const roles = [firstRole, 'Moderator', 'Admin'];

interface RoleAndTeamsProps {
  readonly role: string;
  readonly onRole: (role: string) => void;
  readonly teams: readonly string[];
  readonly onTeams: (teams: readonly string[]) => void;
}

/** What somebody new is to be: the same for people and for programs. */
export function RoleAndTeams({ role, onRole, teams, onTeams }: RoleAndTeamsProps) {
  const { t } = useTranslation('settings');
  return (
    <>
      <Select
        label={t('invite.role')}
        description={t(`roleHelp.${role}`)}
        data={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
        value={role}
        allowDeselect={false}
        onChange={(next) => onRole(next ?? firstRole)}
      />
      <SearchedField
        source={teamsSource}
        words={{ label: t('invite.teams') }}
        multiple
        value={teams}
        onChange={onTeams}
      />
    </>
  );
}
