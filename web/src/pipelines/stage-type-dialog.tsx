import { Alert, Button, Group, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../api/problem.ts';
import { DangerButton } from '../ui/danger-button.tsx';
import { helpBelow } from '../ui/field-layout.ts';
import { JsonEditor } from '../ui/json-editor.tsx';
import { pathKeys } from '../ui/json-position.ts';
import { useErrorWords } from '../ui/states.tsx';
import { removeStageType, saveStageType, type StageType } from './stage-type-api.ts';
import type { Fields } from './wire.ts';

interface StageTypeDialogProps {
  readonly stageType: StageType | null;
  readonly onClose: () => void;
}

/** What the call of a new one may look like. */
const example: Fields = {
  url: 'https://deploy.example.com/releases',
  method: 'POST',
  customHeaders: { Authorization: 'Bearer {{ .secrets.DEPLOY_TOKEN }}' },
  payload: { version: '{{ .parameterValues.version }}' },
  waitForCompletion: false,
  parameters: [{ name: 'version', label: 'Version' }],
};

/** Apart from what has a field of its own. */
function callOf(stageType: StageType | null): Fields {
  if (stageType === null) return example;
  const own = new Set(['type', 'label', 'description', 'enabled', 'version', 'updatedAt', 'updatedBy']);
  return Object.fromEntries(Object.entries(stageType).filter(([key]) => !own.has(key)));
}

function read(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

interface Typed {
  readonly type: string;
  readonly label: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly call: string;
}

function typedOf(stageType: StageType | null): Typed {
  const { type = '', label = '', description = '', enabled = true } = stageType ?? {};
  return { type, label, description, enabled, call: JSON.stringify(callOf(stageType), null, 2) };
}

/** A webhook that is filled in once and used by many pipelines: a name, and the call as a webhook stage has it. */
export function StageTypeDialog({ stageType, onClose }: StageTypeDialogProps) {
  const { t } = useTranslation(['pipelines', 'common']);
  const words = useErrorWords();
  const [typed, setTyped] = useState(() => typedOf(stageType));
  const save = useSave(stageType, onClose);
  const call = read(typed.call);
  const problems = problemsOf(save.error);
  const typeProblem = problems.find(({ field }) => field === 'type')?.message;
  const isReady = typed.type.trim() !== '' && typed.label.trim() !== '' && call !== undefined;
  const change = (part: Partial<Typed>): void => setTyped({ ...typed, ...part });
  return (
    <Modal
      opened
      size={680}
      onClose={onClose}
      title={stageType === null ? t('stageTypes.new') : t('stageTypes.editNamed', { name: stageType.label })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) save.mutate({ ...typed, document: call });
        }}
      >
        <Stack gap={16}>
          {save.isError && typeProblem === undefined && (
            <Alert color="red" role="alert" icon={<IconAlertCircle size={18} />}>
              {words(save.error)}
            </Alert>
          )}
          <TextInput
            label={t('stageTypes.label')}
            required
            maxLength={200}
            value={typed.label}
            data-autofocus={stageType !== null || undefined}
            onChange={(event) => change({ label: event.currentTarget.value })}
          />
          <TextInput
            label={t('stageTypes.type')}
            description={t('stageTypes.typeHelp')}
            inputWrapperOrder={helpBelow}
            required
            maxLength={100}
            spellCheck={false}
            disabled={stageType !== null}
            error={typeProblem}
            value={typed.type}
            onChange={(event) => change({ type: event.currentTarget.value })}
          />
          <TextInput
            label={t('settings.description')}
            maxLength={2_000}
            value={typed.description}
            onChange={(event) => change({ description: event.currentTarget.value })}
          />
          <div>
            <p style={{ color: 'var(--q-text-2)', fontSize: 13, marginBottom: 8 }}>
              {t('stageTypes.callHelp', { expression: '{{ .parameterValues.name }}' })}
            </p>
            <JsonEditor
              label={t('stageTypes.call')}
              value={typed.call}
              maxHeight={360}
              notes={problems.map(({ field, message }) => ({ path: pathKeys(field), message }))}
              onChange={(text) => change({ call: text })}
            />
          </div>
          <Switch
            label={t('stageTypes.enabled')}
            checked={typed.enabled}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
          <Group gap={8} justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isReady}>
              {t('stageTypes.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function useSave(stageType: StageType | null, onClose: () => void) {
  const { t } = useTranslation('pipelines');
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ type, label, description, enabled, document }: Typed & { readonly document: Fields }) =>
      saveStageType(
        type.trim(),
        {
          ...document,
          label: label.trim(),
          ...(description.trim() === '' ? {} : { description: description.trim() }),
          ...(enabled ? {} : { enabled }),
        },
        stageType?.version ?? 0,
      ),
    onSuccess: async (_saved, { label }) => {
      onClose();
      notifications.show({ withBorder: true, message: t('stageTypes.saved', { name: label }) });
      await client.invalidateQueries({ queryKey: ['preconfigured-webhooks'] });
    },
  });
}

function problemsOf(error: unknown): readonly { readonly field: string; readonly message: string }[] {
  if (!isProblem(error)) return [];
  const { problems } = error.details;
  return Array.isArray(problems) ? (problems as { field: string; message: string }[]) : [];
}

interface RemoveStageTypeDialogProps {
  readonly stageType: StageType;
  readonly onClose: () => void;
}

export function RemoveStageTypeDialog({ stageType: { type, label }, onClose }: RemoveStageTypeDialogProps) {
  const { t } = useTranslation(['pipelines', 'common']);
  const client = useQueryClient();
  const words = useErrorWords();
  const removal = useMutation({
    mutationFn: async () => removeStageType(type),
    onSuccess: async () => {
      onClose();
      notifications.show({ withBorder: true, message: t('stageTypes.removed', { name: label }) });
      await client.invalidateQueries({ queryKey: ['preconfigured-webhooks'] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('stageTypes.removeNamed', { name: label })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <p>{t('stageTypes.removeHelp')}</p>
      {removal.isError && <p role="alert">{words(removal.error)}</p>}
      <Group gap={8} mt={16} justify="flex-end">
        <Button variant="default" data-autofocus onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <DangerButton loading={removal.isPending} onClick={() => removal.mutate()}>
          {t('stageTypes.remove')}
        </DangerButton>
      </Group>
    </Modal>
  );
}
