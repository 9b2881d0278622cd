import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { AccountRows } from './account-rows.tsx';
import { accountsQuery, ownAccountsQuery } from './accounts-api.ts';
import classes from './accounts.module.css';

/** The reader's own accounts. */
export function OwnAccounts() {
  const { t } = useTranslation('slackapp');
  const accounts = useQuery(ownAccountsQuery);
  return (
    <Panel title={t('accounts.own')}>
      {accounts.isPending && <RowSkeletons rows={1} height={48} />}
      {accounts.isError && <ErrorState error={accounts.error} retry={accounts.refetch} />}
      {accounts.isSuccess && accounts.data.length > 0 && (
        <>
          <p className={classes['lead']}>{t('accounts.ownLead')}</p>
          <AccountRows accounts={accounts.data} own />
        </>
      )}
      {accounts.isSuccess && accounts.data.length === 0 && <p className={classes['lead']}>{t('accounts.ownNone')}</p>}
    </Panel>
  );
}

/** Everybody's, for administrators; what is looked for stands in the address. */
export function AllAccounts() {
  const { t } = useTranslation('slackapp');
  const navigate = useNavigate();
  const { q = '' } = useSearch({ from: '/app/settings/$section' });
  const [settled] = useDebouncedValue(q, 250);
  const found = useInfiniteQuery({ ...accountsQuery(settled), placeholderData: keepPreviousData });
  const accounts = found.data?.pages.flatMap((page) => page.accounts) ?? [];
  return (
    <Panel title={t('accounts.all')}>
      <p className={classes['lead']}>{t('accounts.allLead')}</p>
      <TextInput
        className={classes['search'] ?? ''}
        aria-label={t('accounts.search')}
        placeholder={t('accounts.search')}
        leftSection={<IconSearch size={15} />}
        value={q}
        maxLength={200}
        onChange={(event) => {
          const text = event.currentTarget.value;
          void navigate({ to: '.', search: text === '' ? {} : { q: text }, replace: true, resetScroll: false });
        }}
      />
      {found.isPending && <RowSkeletons rows={3} height={48} />}
      {found.isError && <ErrorState error={found.error} retry={found.refetch} />}
      {found.isSuccess && accounts.length === 0 && (
        <p className={classes['lead']}>{settled === '' ? t('accounts.none') : t('accounts.noneFound')}</p>
      )}
      <AccountRows accounts={accounts} />
      {found.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          mt={12}
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t('accounts.more')}
        </Button>
      )}
    </Panel>
  );
}
