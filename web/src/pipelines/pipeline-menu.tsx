import { ActionIcon, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCopy, IconDots, IconLock, IconLockOpen, IconPencil, IconPower, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../ui/states.tsx';
import { deletePipeline, savePipeline, type StoredPipeline } from './api.ts';
import { withField } from './builder/stage-form.ts';
import { ConfirmControl } from './confirm-control.tsx';
import { NameDialog } from './name-dialog.tsx';
import { lockFields, lockOf } from './pipeline-lock.ts';
import { usePipelineChange } from './use-pipeline-change.ts';
import type { Fields, PipelineDocument } from './wire.ts';

type Asked = 'rename' | 'copy' | 'lock' | 'delete';

/** What can be done to a pipeline as a whole. */
export function PipelineMenu({ pipeline }: { readonly pipeline: StoredPipeline }) {
  const { t } = useTranslation('pipelines');
  const [asked, setAsked] = useState<Asked | null>(null);
  const change = usePipelineChange(pipeline);
  const { document, name, disabled } = pipeline;
  const lock = lockOf(document);
  const close = (): void => setAsked(null);
  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t('menu.label', { name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} disabled={lock !== null} onClick={() => setAsked('rename')}>
            {t('menu.rename')}
          </Menu.Item>
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => setAsked('copy')}>
            {t('menu.copy')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconPower size={16} />}
            disabled={lock !== null}
            onClick={() =>
              change.mutate({
                document: withField(document, 'disabled', disabled ? undefined : true),
                done: t(disabled ? 'menu.enabled' : 'menu.disabled', { name }),
              })
            }
          >
            {t(disabled ? 'menu.enable' : 'menu.disable')}
          </Menu.Item>
          {lock === null ? (
            <Menu.Item leftSection={<IconLock size={16} />} onClick={() => setAsked('lock')}>
              {t('menu.lock')}
            </Menu.Item>
          ) : (
            <Menu.Item
              leftSection={<IconLockOpen size={16} />}
              disabled={!lock.mayUnlock}
              onClick={() =>
                change.mutate({
                  document: withField(document, 'locked', undefined),
                  done: t('menu.unlocked', { name }),
                })
              }
            >
              {t('menu.unlock')}
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            disabled={lock !== null}
            onClick={() => setAsked('delete')}
          >
            {t('confirm.delete.do')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {(asked === 'rename' || asked === 'lock') && (
        <NameDialog
          what={asked}
          name={name}
          first={asked === 'rename' ? name : ''}
          pending={change.isPending}
          onClose={close}
          onGiven={(text) => {
            change.mutate(
              asked === 'rename'
                ? { document: { ...document, name: text }, done: t('menu.renamed', { name: text }) }
                : { document: { ...document, locked: lockFields(text) }, done: t('menu.locked', { name }) },
              { onSettled: close },
            );
          }}
        />
      )}
      {asked === 'copy' && <CopyDialog pipeline={pipeline} onClose={close} />}
      {asked === 'delete' && <DeleteDialog pipeline={pipeline} onClose={close} />}
    </>
  );
}

interface DialogProps {
  readonly pipeline: StoredPipeline;
  readonly onClose: () => void;
}

/** The copy is a pipeline of its own: its triggers are told apart, and it is nobody's to keep locked. */
const copied = ({ locked: _locked, ...document }: PipelineDocument, name: string): PipelineDocument => ({
  ...(document as PipelineDocument),
  name,
  ...(document.triggers === undefined
    ? {}
    : { triggers: (document.triggers as readonly Fields[]).map(({ id: _id, ...trigger }) => trigger) }),
});

function CopyDialog({ pipeline, onClose }: DialogProps) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [key] = useState(() => crypto.randomUUID());
  const copy = useMutation({
    mutationFn: async (name: string) => savePipeline(copied(pipeline.document, name), null, key),
    onSuccess: async (saved) => {
      onClose();
      notifications.show({ message: t('menu.copied', { name: saved.name }) });
      await navigate({ to: '/pipelines/$pipeline', params: { pipeline: saved.id } });
      await client.invalidateQueries({ queryKey: ['pipelines'] });
    },
  });
  return (
    <NameDialog
      what="copy"
      name={pipeline.name}
      first={t('menu.copyName', { name: pipeline.name })}
      pending={copy.isPending}
      error={copy.isError ? words(copy.error) : undefined}
      onClose={onClose}
      onGiven={(name) => copy.mutate(name)}
    />
  );
}

export function DeleteDialog({ pipeline, onClose }: DialogProps) {
  const words = useErrorWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const deletion = useMutation({
    mutationFn: async () => deletePipeline(pipeline.id),
    onSuccess: async () => {
      await navigate({ to: '/pipelines', ignoreBlocker: true });
      await client.invalidateQueries({ queryKey: ['pipelines'] });
      await client.invalidateQueries({ queryKey: ['applications'] });
    },
    onError: (error) => notifications.show({ color: 'red', message: words(error) }),
    onSettled: onClose,
  });
  return (
    <ConfirmControl
      verb="delete"
      name={pipeline.name}
      pending={deletion.isPending}
      onConfirm={() => deletion.mutate()}
      onClose={onClose}
    />
  );
}
