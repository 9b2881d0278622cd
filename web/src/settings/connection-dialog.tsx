import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  PasswordInput,
  SegmentedControl,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../api/problem.ts';
import { useErrorWords } from '../ui/states.tsx';
import {
  connectionChange,
  type ConnectionField,
  type ConnectionKind,
  type SavedConnection,
  wayOf,
} from './connection-kinds.ts';
import { type ConnectionTest, saveConnection, testConnection } from './connections-api.ts';

interface ConnectionDialogProps {
  readonly of: ConnectionKind;
  readonly saved: SavedConnection | undefined;
  readonly onClose: () => void;
}

/** Says how the organisation is known to another system; the other system is asked before it is kept. */
export function ConnectionDialog({ of, saved, onClose }: ConnectionDialogProps) {
  const { t } = useTranslation('connections');
  const words = useErrorWords();
  const [way, setWay] = useState(() => wayOf(of, saved));
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(saved?.settings ?? {});
  const [forgotten, setForgotten] = useState<ReadonlySet<string>>(new Set());
  const save = useSave({ of, saved, onClose });
  const fields = of.ways.find((one) => one.way === way)?.fields ?? [];
  const change = connectionChange(of, way, typed, forgotten);
  const wrong = fieldOf(save.error);
  const isPlaced = fields.some(({ key }) => key === wrong);
  const test = save.data;
  const forget = (key: string, isForgotten: boolean): void =>
    setForgotten(new Set(isForgotten ? [...forgotten, key] : [...forgotten].filter((one) => one !== key)));
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t(saved === undefined ? 'connectTo' : 'change', { name: of.name })}
      closeButtonProps={{ 'aria-label': t('cancel') }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ change, anyway: false });
        }}
      >
        <Stack gap={16}>
          <p style={{ color: 'var(--q-text-2)' }}>{t(`lead.${of.kind}`)}</p>
          {save.isError && !isPlaced && (
            <Alert color="red" role="alert" icon={<IconAlertCircle size={18} />}>
              {words(save.error)}
            </Alert>
          )}
          {test?.works === false && (
            <Alert color="red" role="alert" icon={<IconAlertCircle size={18} />} title={t('notWorking')}>
              <p>{test.message}</p>
              <Button mt={8} size="xs" variant="default" onClick={() => save.mutate({ change, anyway: true })}>
                {t('saveAnyway')}
              </Button>
            </Alert>
          )}
          {of.ways.length > 1 && (
            <SegmentedControl
              aria-label={t('way.label')}
              data={of.ways.map((one) => ({ value: one.way, label: t(`way.${one.way}`) }))}
              value={way}
              onChange={setWay}
            />
          )}
          {fields.map((field, at) => (
            <Field
              key={`${way} ${field.key}`}
              field={field}
              label={t(`field.${field.key}`)}
              help={t(`help.${of.kind}.${field.key}`)}
              isKept={saved?.secrets.includes(field.key) === true}
              value={typed[field.key] ?? ''}
              error={wrong === field.key ? words(save.error) : undefined}
              focus={at === 0}
              isForgotten={forgotten.has(field.key)}
              onForget={(isForgotten) => forget(field.key, isForgotten)}
              onChange={(value) => setTyped({ ...typed, [field.key]: value })}
            />
          ))}
          <Group gap={8} justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface Sent {
  readonly change: ReturnType<typeof connectionChange>;
  /** Although the other side refused. */
  readonly anyway: boolean;
}

/** Answers the test that stood in the way of saving. */
function useSave({ of, saved, onClose }: ConnectionDialogProps) {
  const { t } = useTranslation('connections');
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ change, anyway }: Sent): Promise<ConnectionTest | undefined> => {
      const test = anyway ? undefined : await testConnection(of.kind, change);
      if (test?.works !== false) await saveConnection(of.kind, change, saved?.version ?? 0);
      return test;
    },
    onSuccess: (test) => {
      if (test?.works === false) return;
      onClose();
      const name = of.name;
      const account = test?.account ?? null;
      notifications.show({
        message: account === null ? t('saved', { name }) : t('savedAs', { name, account }),
      });
      void client.invalidateQueries({ queryKey: ['integrations'] });
    },
  });
}

interface FieldProps {
  readonly field: ConnectionField;
  readonly label: string;
  readonly help: string;
  readonly isKept: boolean;
  readonly value: string;
  readonly error: string | undefined;
  readonly focus: boolean;
  readonly isForgotten: boolean;
  readonly onForget: (isForgotten: boolean) => void;
  readonly onChange: (value: string) => void;
}

function Field({ field, label, help, isKept, value, error, focus, isForgotten, onForget, onChange }: FieldProps) {
  const { t } = useTranslation('connections');
  const shared = {
    label,
    description: help,
    error,
    withAsterisk: field.required === true && !isKept,
    placeholder: isKept && !isForgotten ? t('kept') : (field.placeholder ?? ''),
    value,
    spellCheck: false,
    ...(focus ? { 'data-autofocus': true } : {}),
  };
  return (
    <div>
      {field.kind === 'text' && (
        <TextInput {...shared} autoComplete="off" onChange={(event) => onChange(event.currentTarget.value)} />
      )}
      {field.kind === 'secret' && (
        <PasswordInput
          {...shared}
          autoComplete="new-password"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
      {field.kind === 'key' && (
        <Textarea
          {...shared}
          autoComplete="off"
          minRows={4}
          maxRows={8}
          autosize
          styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 12 } }}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
      {isKept && field.required !== true && value === '' && (
        <Checkbox
          mt={6}
          size="xs"
          label={t('forget')}
          checked={isForgotten}
          onChange={(event) => onForget(event.currentTarget.checked)}
        />
      )}
    </div>
  );
}

/** `secrets.token` and `settings.url` name the field by their last part. */
function fieldOf(error: unknown): string | undefined {
  if (!isProblem(error)) return undefined;
  const { field, errors } = error.details;
  const [first] = Array.isArray(errors) ? (errors as { instancePath?: unknown }[]) : [];
  const path = typeof field === 'string' ? field : first?.instancePath;
  return typeof path === 'string' ? path.split(/[./]/).findLast(Boolean) : undefined;
}
