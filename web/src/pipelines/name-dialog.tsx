import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface NameDialogProps {
  readonly what: 'rename' | 'copy' | 'lock';
  /** Of the pipeline it is about. */
  readonly name: string;
  /** What stands in the field at first. */
  readonly first: string;
  readonly pending: boolean;
  readonly error?: string | undefined;
  readonly onGiven: (text: string) => void;
  readonly onClose: () => void;
}

/** Asks for one text and does something with it. */
export function NameDialog({ what, name, first, pending, error, onGiven, onClose }: NameDialogProps) {
  const { t } = useTranslation('pipelines');
  const [text, setText] = useState(first);
  const needed = what !== 'lock';
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`name.${what}.title`, { name })}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onGiven(text.trim());
        }}
      >
        <Stack gap={16}>
          <TextInput
            data-autofocus
            label={t(`name.${what}.label`)}
            description={t(`name.${what}.help`, { defaultValue: '' }) || undefined}
            maxLength={200}
            error={error}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {t('cancel', { ns: 'common' })}
            </Button>
            <Button type="submit" loading={pending} disabled={needed && text.trim() === ''}>
              {t(`name.${what}.do`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
