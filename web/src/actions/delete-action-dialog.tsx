import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Action } from '../api/wire.ts';
import { isOver, runsQuery } from '../runs/api.ts';
import { useErrorWords } from '../ui/states.tsx';
import { deleteAction } from './action-document.ts';
import classes from './delete-action-dialog.module.css';

const COUNTED = 1000;

interface DeleteActionDialogProps {
  readonly action: Pick<Action, 'identifier' | 'title'>;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Says what goes with an action and what stays, then deletes it. */
export function DeleteActionDialog({ action, onClose, onDeleted }: DeleteActionDialogProps) {
  const { t } = useTranslation('self-service');
  const client = useQueryClient();
  const words = useErrorWords();
  const title = action.title ?? action.identifier;
  const { data: runs } = useQuery(runsQuery({ action: action.identifier, limit: COUNTED }));
  const open = runs?.filter((run) => !isOver(run.status)).length ?? 0;
  const deletion = useMutation({
    mutationFn: () => deleteAction(action.identifier),
    onSuccess: () => {
      notifications.show({ message: t('delete.done', { title }) });
      onClose();
      onDeleted?.();
      return client.invalidateQueries({ queryKey: ['actions'] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('delete.title', { title })}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <Stack gap={16}>
        {deletion.isError && (
          <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
            {words(deletion.error)}
          </Alert>
        )}
        <div>
          <p className={classes['lead']}>{t('delete.goes')}</p>
          <ul className={classes['list']}>
            <li>{t('delete.form')}</li>
            <li>{t('delete.permissions')}</li>
            <li>{t('delete.links')}</li>
          </ul>
        </div>
        <div>
          <p className={classes['lead']}>{t('delete.stays')}</p>
          <ul className={classes['list']}>
            <li>{runs === undefined ? t('delete.someRuns') : t('delete.runs', { count: runs.length })}</li>
            {open > 0 && <li>{t('delete.open', { count: open })}</li>}
          </ul>
        </div>
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel', { ns: 'common' })}
          </Button>
          <Button color="red" loading={deletion.isPending} onClick={() => deletion.mutate()}>
            {t('delete.confirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
