import { Button, Group, Modal, Stack } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';

interface LeaveGuardProps {
  readonly dirty: boolean;
  /** True while the editor itself leads somewhere else. */
  readonly leaving: RefObject<boolean>;
  readonly onDiscard: () => void;
  /** What is asked, in the words of the editor. */
  readonly words: Readonly<Record<'title' | 'help' | 'discard' | 'keep' | 'stay', string>>;
}

/** The words of an editor whose list keeps them under `leave`. */
export const leaveWords = (word: (key: string) => string): LeaveGuardProps['words'] => ({
  title: word('leave.title'),
  help: word('leave.help'),
  discard: word('leave.discard'),
  keep: word('leave.keep'),
  stay: word('leave.stay'),
});

/** Asks before unsaved changes are left behind. */
export function LeaveGuard({ dirty, leaving, onDiscard, words }: LeaveGuardProps) {
  const { t } = useTranslation();
  const blocker = useBlocker({
    // Tabs and views are addresses of their own; moving between them leaves nothing.
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
      title={words.title}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack gap={16}>
        <p>{words.help}</p>
        <Group justify="flex-end" gap={8}>
          <Button
            variant="subtle"
            color="red"
            onClick={() => {
              onDiscard();
              blocker.proceed();
            }}
          >
            {words.discard}
          </Button>
          <Button variant="default" onClick={blocker.proceed}>
            {words.keep}
          </Button>
          <Button data-autofocus onClick={blocker.reset}>
            {words.stay}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
