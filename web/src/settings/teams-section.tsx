import { IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { teamsQuery } from '../access/api.ts';
import type { Team } from '../api/wire.ts';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { Who } from '../ui/who.tsx';
import classes from './settings-page.module.css';

const FACES = 6;

export function TeamsSection() {
  const { t } = useTranslation('settings');
  const teams = useQuery(teamsQuery);
  return (
    <div className={classes['part']}>
      <div className={classes['head']}>
        <p>{t('teams.lead')}</p>
      </div>
      {teams.isPending && <RowSkeletons rows={4} height={56} />}
      {teams.isError && <ErrorState error={teams.error} retry={teams.refetch} />}
      {teams.isSuccess && teams.data.length === 0 && (
        <EmptyState icon={IconUsers} title={t('teams.empty')}>
          {t('teams.emptyHelp')}
        </EmptyState>
      )}
      {teams.isSuccess && teams.data.length > 0 && (
        <Panel flush>
          <ul className={`${classes['rows']} ${classes['teams']}`}>
            {teams.data.map((team) => (
              <TeamRow key={team.name} team={team} />
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}

function TeamRow({ team }: { readonly team: Team }) {
  const { t } = useTranslation('settings');
  const members = team.users ?? [];
  return (
    <li>
      <strong style={{ fontWeight: 550 }}>{team.name}</strong>
      <span className={classes['wide']}>{team.description}</span>
      <span className={classes['faces']}>
        {members.slice(0, FACES).map((person) => (
          <Who
            key={person.email}
            name={`${person.firstName ?? ''} ${person.lastName ?? ''}`.trim() || person.email}
            machine={false}
            compact
            size={24}
          />
        ))}
        <small>{t('teams.members', { count: members.length })}</small>
      </span>
    </li>
  );
}
