import { Button } from '@mantine/core';
import { IconRobot } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { peopleQuery } from '../access/api.ts';
import type { User } from '../api/wire.ts';
import { TeamChips } from '../catalog/team-chips.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { Who } from '../ui/who.tsx';
import { DeleteDialog, nameOf, NewAccountDialog, RotateDialog } from './account-dialogs.tsx';
import { useIsAdmin } from '../access/use-is-admin.ts';
import classes from './settings-page.module.css';

const names = (list: User['roles']): readonly string[] =>
  (list ?? []).map((one) => (typeof one === 'string' ? one : one.name));

type Asked = { readonly kind: 'new' } | { readonly kind: 'rotate' | 'delete'; readonly user: User };

/** Programs that act with roles and teams of their own. */
export function AccountsSection() {
  const { t } = useTranslation('settings');
  const people = useQuery(peopleQuery);
  const admin = useIsAdmin();
  const [asked, setAsked] = useState<Asked>();
  const accounts = people.data?.filter((one) => one.type === 'SERVICE_ACCOUNT') ?? [];
  const add = admin && (
    <Button leftSection={<IconRobot size={16} />} onClick={() => setAsked({ kind: 'new' })}>
      {t('accounts.new')}
    </Button>
  );
  const close = (): void => setAsked(undefined);
  return (
    <div className={classes['part']}>
      <div className={classes['head']}>
        <p>{t('accounts.lead')}</p>
        {accounts.length > 0 && add}
      </div>
      {people.isPending && <RowSkeletons rows={3} height={56} />}
      {people.isError && <ErrorState error={people.error} retry={people.refetch} />}
      {people.isSuccess && accounts.length === 0 && (
        <EmptyState icon={IconRobot} title={t('accounts.empty')} action={add || undefined}>
          {t('accounts.emptyHelp')}
        </EmptyState>
      )}
      {accounts.length > 0 && (
        <Panel flush>
          <ul className={`${classes['rows']} ${classes['accounts']}`}>
            {accounts.map((user) => (
              <AccountRow key={user.email} user={user} admin={admin} onAsk={setAsked} />
            ))}
          </ul>
        </Panel>
      )}
      {asked?.kind === 'new' && <NewAccountDialog onClose={close} />}
      {asked?.kind === 'rotate' && <RotateDialog user={asked.user} onClose={close} />}
      {asked?.kind === 'delete' && <DeleteDialog user={asked.user} onClose={close} />}
    </div>
  );
}

interface AccountRowProps {
  readonly user: User;
  readonly admin: boolean;
  readonly onAsk: (asked: Asked) => void;
}

function AccountRow({ user, admin, onAsk }: AccountRowProps) {
  const { t } = useTranslation('settings');
  const role = names(user.roles)[0] ?? 'Member';
  return (
    <li>
      <span className={classes['stack']}>
        <Who name={nameOf(user)} machine size={28} />
        <small style={{ paddingLeft: 36 }}>{user.email}</small>
      </span>
      {names(user.teams).length > 0 ? <TeamChips teams={names(user.teams)} /> : <span />}
      <span>{t(`role.${role}`, { defaultValue: role })}</span>
      <span className={classes['tools']}>
        {admin && (
          <>
            <Button size="compact-sm" variant="default" onClick={() => onAsk({ kind: 'rotate', user })}>
              {t('accounts.rotate')}
            </Button>
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => onAsk({ kind: 'delete', user })}>
              {t('accounts.delete')}
            </Button>
          </>
        )}
      </span>
    </li>
  );
}
