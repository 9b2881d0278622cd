import { Button } from '@mantine/core';
import { IconCircleCheck, IconMailForward, IconUserOff, IconUserPlus, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useIsAdmin } from '../access/use-is-admin.ts';
import { useTranslation } from 'react-i18next';
import { peopleQuery } from '../access/api.ts';
import type { User } from '../api/wire.ts';
import { TeamChips } from '../catalog/team-chips.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { StatusBadge, type Tone } from '../ui/status-badge.tsx';
import { Who } from '../ui/who.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import classes from './settings-page.module.css';

const looks: Readonly<Record<string, { tone: Tone; icon: Icon }>> = {
  active: { tone: 'good', icon: IconCircleCheck },
  invited: { tone: 'warn', icon: IconMailForward },
  staged: { tone: 'mute', icon: IconUserPlus },
  disabled: { tone: 'mute', icon: IconUserOff },
};

const names = (list: User['roles']): readonly string[] =>
  (list ?? []).map((one) => (typeof one === 'string' ? one : one.name));

const isPerson = ({ type }: User): boolean => type !== 'SERVICE_ACCOUNT';

export function PeopleSection() {
  const { t } = useTranslation('settings');
  const people = useQuery(peopleQuery);
  const admin = useIsAdmin();
  const [inviting, setInviting] = useState(false);
  return (
    <div className={classes['part']}>
      <div className={classes['head']}>
        <p>{t('people.lead')}</p>
        {admin && (
          <Button leftSection={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
            {t('people.invite')}
          </Button>
        )}
      </div>
      {people.isPending && <RowSkeletons rows={5} height={56} />}
      {people.isError && <ErrorState error={people.error} retry={people.refetch} />}
      {people.isSuccess && (
        <Panel flush>
          <ul className={classes['rows']}>
            {people.data.filter(isPerson).map((person) => (
              <PersonRow key={person.email} person={person} />
            ))}
          </ul>
        </Panel>
      )}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </div>
  );
}

function PersonRow({ person }: { readonly person: User }) {
  const { t } = useTranslation('settings');
  const name = `${person.firstName ?? ''} ${person.lastName ?? ''}`.trim() || person.email;
  const status = person.status.toLowerCase();
  const { tone, icon } = looks[status] ?? { tone: 'mute' as const, icon: IconUserPlus };
  const role = names(person.roles)[0] ?? 'Member';
  return (
    <li>
      <span className={classes['stack']}>
        <Who name={name} machine={false} size={28} />
        {name !== person.email && <small style={{ paddingLeft: 36 }}>{person.email}</small>}
      </span>
      {names(person.teams).length > 0 ? <TeamChips teams={names(person.teams)} /> : <span />}
      <span>{t(`role.${role}`, { defaultValue: role })}</span>
      <span>
        <StatusBadge tone={tone} icon={icon} size="sm">
          {t(`status.${status}`, { defaultValue: person.status })}
        </StatusBadge>
      </span>
    </li>
  );
}
