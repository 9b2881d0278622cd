import { Alert, Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { IconAlertCircle, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOffline, isProblem } from '../api/problem.ts';
import { helpBelow } from '../ui/field-layout.ts';
import { useErrorWords } from '../ui/states.tsx';
import { executionQuery, startPipeline } from './api.ts';
import type { Parameter, Pipeline } from './wire.ts';

type Values = Readonly<Record<string, string>>;

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** Asks for the parameters of a pipeline and starts it. */
export function StartDialog({ pipeline, onClose }: { readonly pipeline: Pipeline; readonly onClose: () => void }) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const parameters = pipeline.document.parameterConfig ?? [];
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(parameters.map(({ name, default: usual }) => [name, textOf(usual)])),
  );
  const [key, setKey] = useState(() => crypto.randomUUID());
  const start = useMutation({
    mutationFn: async () => startPipeline(pipeline.id, values, key),
    onSuccess: (execution) => {
      client.setQueryData(executionQuery(execution.id).queryKey, execution);
      void client.invalidateQueries({ queryKey: ['executions'] });
      void navigate({ to: '/executions/$id', params: { id: execution.id } });
    },
    // What never arrived may have: the same key then starts nothing twice.
    onError: (error) => {
      if (!isOffline(error)) setKey(crypto.randomUUID());
    },
  });
  const refused = isProblem(start.error) ? start.error.details['field'] : undefined;
  const errorAt = (name: string): string | undefined =>
    refused === `parameters.${name}` ? words(start.error) : undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('start.title', { name: pipeline.name })}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <Stack gap={16}>
          {parameters.length === 0 && <p>{t('start.none')}</p>}
          {parameters.map((parameter, at) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              first={at === 0}
              value={values[parameter.name] ?? ''}
              error={errorAt(parameter.name)}
              onChange={(value) => setValues({ ...values, [parameter.name]: value })}
            />
          ))}
          {start.isError && parameters.every(({ name }) => errorAt(name) === undefined) && (
            <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
              {words(start.error)}
            </Alert>
          )}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {t('cancel', { ns: 'common' })}
            </Button>
            <Button
              type="submit"
              loading={start.isPending}
              leftSection={<IconPlayerPlay size={16} />}
              data-autofocus={parameters.length === 0 || undefined}
            >
              {t('start.start')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface ParameterFieldProps {
  readonly parameter: Parameter;
  readonly first: boolean;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

function ParameterField({ parameter, first, value, error, onChange }: ParameterFieldProps) {
  const { t } = useTranslation('pipelines');
  const common = {
    label: parameter.label || parameter.name,
    description: parameter.description,
    withAsterisk: parameter.required === true,
    error,
    'data-autofocus': first || undefined,
    inputWrapperOrder: helpBelow,
  };
  if (parameter.hasOptions === true) {
    return (
      <Select
        {...common}
        placeholder={t('start.choose')}
        data={[...new Set((parameter.options ?? []).map((option) => option.value))]}
        value={value === '' ? null : value}
        clearable={parameter.required !== true}
        searchable
        onChange={(next) => onChange(next ?? '')}
      />
    );
  }
  if (parameter.constraint === 'date') {
    return (
      <TextInput {...common} type="date" value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    );
  }
  return (
    <Textarea
      {...common}
      autosize
      minRows={1}
      maxRows={8}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.form?.requestSubmit();
      }}
    />
  );
}
