import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBan } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Run } from '../api/wire.ts';
import { useErrorWords } from '../ui/states.tsx';
import { cancelRun, isWaiting, runQuery } from './api.ts';

/** For runs that nobody works on yet. */
export function CancelButton({ run }: { readonly run: Run }) {
  const { t } = useTranslation('run-tools');
  const client = useQueryClient();
  const words = useErrorWords();
  const cancel = useMutation({
    mutationFn: () => cancelRun(run.id),
    onSuccess: (cancelled) => {
      client.setQueryData(runQuery(run.id).queryKey, cancelled);
      void client.invalidateQueries({ queryKey: ['run', run.id] });
      notifications.show({ withBorder: true, message: t('cancelled') });
    },
    onError: (error) => {
      // It may have begun meanwhile.
      void client.invalidateQueries({ queryKey: ['run', run.id] });
      notifications.show({ color: 'red', withBorder: true, message: words(error) });
    },
  });
  if (!isWaiting(run)) return null;
  return (
    <Button
      variant="default"
      leftSection={<IconBan size={16} />}
      loading={cancel.isPending}
      onClick={() => cancel.mutate()}
    >
      {t('cancel')}
    </Button>
  );
}
