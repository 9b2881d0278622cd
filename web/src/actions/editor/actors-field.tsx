import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { peopleSource, teamsSource } from '../../access/directory.ts';
import { blueprintsQuery } from '../../catalog/api.ts';
import { SearchedField } from '../../ui/searched-field.tsx';

interface ActorsFieldProps {
  readonly kind: 'roles' | 'teams' | 'users';
  readonly label: string;
  readonly error?: string | undefined;
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

/** Whom something is granted to: roles, or teams and people, who are searched for on the server. */
export function ActorsField({ kind, label, error, value, onChange }: ActorsFieldProps) {
  const { t } = useTranslation('action-editor');
  if (kind === 'roles') return <RolesField label={label} error={error} value={value} onChange={onChange} />;
  return (
    <SearchedField
      source={kind === 'users' ? peopleSource : teamsSource}
      words={{ label, error }}
      multiple
      value={value}
      placeholder={t('permissions.nobody')}
      onChange={onChange}
    />
  );
}

/** A role that does not exist any more stays, and shows. */
function RolesField({ label, error, value, onChange }: Omit<ActorsFieldProps, 'kind'>) {
  const { t } = useTranslation('action-editor');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const known = [
    { value: 'Admin', label: t('role.Admin') },
    { value: 'Member', label: t('role.Member') },
    ...blueprints.map((one) => ({
      value: `${one.identifier}-moderator`,
      label: t('role.moderator', { blueprint: one.title }),
    })),
  ];
  const gone = value.filter((role) => !known.some((one) => one.value === role));
  return (
    <MultiSelect
      label={label}
      error={error}
      searchable
      nothingFoundMessage={t('nothingFound')}
      placeholder={value.length === 0 ? t('permissions.nobody') : ''}
      data={[...known, ...gone.map((role) => ({ value: role, label: role }))]}
      value={[...value]}
      onChange={onChange}
    />
  );
}
