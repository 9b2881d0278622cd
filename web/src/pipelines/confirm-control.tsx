import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

type Confirmed = 'cancel' | 'restart' | 'skip' | 'skip-wait' | 'delete' | 'delete-application';

interface ConfirmControlProps {
  readonly verb: Confirmed;
  /** What it is done to: a stage, an execution, a pipeline, an application. */
  readonly name: string;
  readonly pending: boolean;
  readonly onConfirm: (reason: string) => void;
  readonly onClose: () => void;
}

/** Says what will happen before something is done that cannot be taken back. */
export function ConfirmControl({ verb, name, pending, onConfirm, onClose }: ConfirmControlProps) {
  const { t } = useTranslation('pipelines');
  const [reason, setReason] = useState('');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`confirm.${verb}.title`, { name })}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm(reason.trim());
        }}
      >
        <Stack gap={16}>
          <p>{t(`confirm.${verb}.help`)}</p>
          {verb === 'cancel' && (
            <TextInput
              data-autofocus
              label={t('confirm.reason')}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          <Group gap={8} justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('confirm.back')}
            </Button>
            <Button
              type="submit"
              loading={pending}
              {...(verb === 'cancel' || verb.startsWith('delete') ? { color: 'red' } : { 'data-autofocus': true })}
            >
              {t(`confirm.${verb}.do`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
