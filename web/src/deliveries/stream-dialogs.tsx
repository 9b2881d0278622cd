import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../api/problem.ts';
import { DangerButton } from '../ui/danger-button.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { removeStream, saveStream, type WireStream } from './streams-api.ts';

interface StreamDialogProps {
  readonly stream: WireStream | null;
  readonly onClose: () => void;
}

/** Names an address, or another one. The address of one that is there is not shown: it may be a secret by itself. */
export function StreamDialog({ stream, onClose }: StreamDialogProps) {
  const { t } = useTranslation(['deliveries', 'common']);
  const client = useQueryClient();
  const words = useErrorWords();
  const [title, setTitle] = useState(stream?.title ?? '');
  const [url, setUrl] = useState('');
  const save = useMutation({
    mutationFn: async () =>
      saveStream({ title: title.trim(), ...(url.trim() === '' ? {} : { url: url.trim() }) }, stream),
    onSuccess: async () => {
      onClose();
      notifications.show({ withBorder: true, message: t('streams.saved', { title: title.trim() }) });
      await client.invalidateQueries({ queryKey: ['deliveries'] });
    },
  });
  const isAboutUrl = isProblem(save.error) && save.error.details['field'] === 'url';
  const isReady = title.trim() !== '' && (stream !== null || url.trim() !== '');
  return (
    <Modal
      opened
      size={520}
      onClose={onClose}
      title={t(stream === null ? 'streams.new' : 'streams.editTitle')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) save.mutate();
        }}
      >
        <Stack gap={16}>
          {save.isError && !isAboutUrl && (
            <Alert color="red" role="alert" icon={<IconAlertCircle size={18} />}>
              {words(save.error)}
            </Alert>
          )}
          <TextInput
            label={t('streams.name')}
            placeholder={t('streams.namePlaceholder')}
            value={title}
            maxLength={200}
            required
            data-autofocus
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <TextInput
            label={t('streams.address')}
            description={t('streams.addressHelp')}
            placeholder={stream?.endpoint ?? 'https://events.example.com/quayside'}
            value={url}
            error={isAboutUrl ? words(save.error) : undefined}
            maxLength={2_000}
            required={stream === null}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <Group gap={8} justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isReady}>
              {t(stream === null ? 'streams.start' : 'streams.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface RemoveStreamDialogProps {
  readonly stream: WireStream;
  readonly onClose: () => void;
}

export function RemoveStreamDialog({ stream: { id, title, waiting }, onClose }: RemoveStreamDialogProps) {
  const { t } = useTranslation(['deliveries', 'common']);
  const client = useQueryClient();
  const words = useErrorWords();
  const removal = useMutation({
    mutationFn: async () => removeStream(id),
    onSuccess: async () => {
      onClose();
      notifications.show({ withBorder: true, message: t('streams.removed', { title }) });
      await client.invalidateQueries({ queryKey: ['deliveries'] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('streams.removeNamed', { title })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <p>{t('streams.removeHelp')}</p>
      {waiting > 0 && <p>{t('streams.removeWaiting', { count: waiting })}</p>}
      {removal.isError && <p role="alert">{words(removal.error)}</p>}
      <Group gap={8} mt={16} justify="flex-end">
        <Button variant="default" data-autofocus onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <DangerButton loading={removal.isPending} onClick={() => removal.mutate()}>
          {t('streams.remove')}
        </DangerButton>
      </Group>
    </Modal>
  );
}
