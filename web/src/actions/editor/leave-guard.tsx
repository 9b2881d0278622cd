import { Button, Group, Modal, Stack } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';

interface LeaveGuardProps {
  readonly dirty: boolean;
  /** True while the editor itself leads somewhere else. */
  readonly leaving: RefObject<boolean>;
  readonly onDiscard: () => void;
}

/** Asks before unsaved changes are left behind. */
export function LeaveGuard({ dirty, leaving, onDiscard }: LeaveGuardProps) {
  const { t } = useTranslation('action-editor');
  const blocker = useBlocker({
    // Tabs are addresses of their own; moving between them leaves nothing.
    shouldBlockFn: ({ current, next }) => dirty && !leaving.current && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty && !leaving.current,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <Modal
      opened
      size={540}
      onClose={blocker.reset}
      title={t('leave.title')}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <Stack gap={16}>
        <p>{t('leave.help')}</p>
        <Group justify="flex-end" gap={8}>
          <Button
            variant="subtle"
            color="red"
            onClick={() => {
              onDiscard();
              blocker.proceed();
            }}
          >
            {t('leave.discard')}
          </Button>
          <Button variant="default" onClick={blocker.proceed}>
            {t('leave.keep')}
          </Button>
          <Button data-autofocus onClick={blocker.reset}>
            {t('leave.stay')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
