import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { peopleSource } from '../access/directory.ts';
import { SearchedField } from '../ui/searched-field.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { handOver, type ApprovalDetail } from './api.ts';

/** Gives the reader's place in this approval to somebody else. */
export function HandOver({ approval }: { readonly approval: ApprovalDetail }) {
  const { t } = useTranslation('approvals');
  const [open, setOpen] = useState(false);
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const words = useErrorWords();
  const give = useMutation({
    mutationFn: () => handOver(approval.id, { to, reason }),
    onSuccess: async () => {
      setOpen(false);
      notifications.show({ withBorder: true, message: t('handOver.done', { email: to }) });
      await client.invalidateQueries({ queryKey: ['approval'] });
    },
  });
  return (
    <>
      <Button variant="subtle" leftSection={<IconArrowsExchange size={16} />} onClick={() => setOpen(true)}>
        {t('handOver.open')}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={approval.title}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            give.mutate();
          }}
        >
          <Stack gap="md">
            <SearchedField
              source={peopleSource}
              words={{
                label: t('handOver.to'),
                withAsterisk: true,
                error: give.isError ? words(give.error) : undefined,
                'data-autofocus': true,
              }}
              value={to === '' ? [] : [to]}
              onChange={([next = '']) => setTo(next)}
            />
            <TextInput
              label={t('handOver.reason')}
              maxLength={1000}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Button type="submit" disabled={to === ''} loading={give.isPending}>
              {t('handOver.send')}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
