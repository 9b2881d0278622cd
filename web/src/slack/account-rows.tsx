import { Button, Group, Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Identifier } from '../ui/identifier.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { accountKeys, removeAccount, type SlackAccount } from './accounts-api.ts';
import classes from './accounts.module.css';

interface AccountRowsProps {
  readonly accounts: readonly SlackAccount[];
  /** Whose they are is clear from where they stand. */
  readonly own?: boolean;
}

export function AccountRows({ accounts, own = false }: AccountRowsProps) {
  const [asked, setAsked] = useState<SlackAccount>();
  return (
    <>
      <ul className={classes['accounts']} data-own={own || undefined}>
        {accounts.map((account) => (
          <AccountRow
            key={`${account.teamId}/${account.slackUserId}`}
            account={account}
            own={own}
            onRemove={() => setAsked(account)}
          />
        ))}
      </ul>
      {asked !== undefined && <RemoveDialog account={asked} own={own} onClose={() => setAsked(undefined)} />}
    </>
  );
}

interface AccountRowProps {
  readonly account: SlackAccount;
  readonly own: boolean;
  readonly onRemove: () => void;
}

function AccountRow({ account, own, onRemove }: AccountRowProps) {
  const { t } = useTranslation('slackapp');
  const { person, slackName, slackUserId, workspace, teamId, state } = account;
  return (
    <li data-removed={state === 'removed' || undefined}>
      {!own && (
        <span className={classes['person']}>
          <Who name={person.name} machine={false} size={24} />
          {person.email !== null && person.email !== person.name && <small>{person.email}</small>}
        </span>
      )}
      <span className={classes['account']}>
        <span>
          {slackName !== null && <b>{slackName}</b>} <Identifier value={slackUserId} />
        </span>
        <small>{t('accounts.in', { workspace: workspace ?? teamId })}</small>
      </span>
      <span className={classes['how']}>
        <Story account={account} />
      </span>
      {state === 'linked' && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          aria-label={t('accounts.removeNamed', { name: slackName ?? slackUserId })}
          onClick={onRemove}
        >
          {t('accounts.remove')}
        </Button>
      )}
    </li>
  );
}

/** How it came to be theirs, or who took it away; and when. */
function Story({ account: { proof, since, removedBy } }: { readonly account: SlackAccount }) {
  const { t } = useTranslation('slackapp');
  const key = removedBy === null ? (proof === 'sign-in' ? 'byLink' : 'byEmail') : 'removedBy';
  return (
    <Trans
      t={t}
      i18nKey={`accounts.${key}`}
      values={{ name: removedBy?.name ?? '' }}
      components={{ when: <RelativeTime at={since} /> }}
    />
  );
}

interface RemoveDialogProps {
  readonly account: SlackAccount;
  readonly own: boolean;
  readonly onClose: () => void;
}

function RemoveDialog({ account, own, onClose }: RemoveDialogProps) {
  const { t } = useTranslation(['slackapp', 'common']);
  const words = useErrorWords();
  const client = useQueryClient();
  const removal = useMutation({
    mutationFn: async () => removeAccount(account),
    onSuccess: onClose,
    onSettled: async () => client.invalidateQueries(accountKeys),
  });
  const slackName = account.slackName ?? account.slackUserId;
  return (
    <Modal
      opened
      size={480}
      onClose={onClose}
      title={t('accounts.removeTitle', { name: slackName })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack gap={16}>
        <p>{own ? t('accounts.removeOwn') : t('accounts.removeOther', { person: account.person.name })}</p>
        {removal.isError && <p role="alert">{words(removal.error)}</p>}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" data-autofocus onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button color="red" loading={removal.isPending} onClick={() => removal.mutate()}>
            {t('accounts.remove')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
