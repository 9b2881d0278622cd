import { Alert, Button, CopyButton, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { IconAlertCircle, IconLink, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOffline, isProblem } from '../api/problem.ts';
import { helpBelow } from '../ui/field-layout.ts';
import { useErrorWords } from '../ui/states.tsx';
import { executionQuery, startPipeline } from './api.ts';
import { askedOf, firstValues, givenValues, missingOf, type ParameterValues, startLink } from './parameter-form.ts';
import type { Fields, Parameter, Pipeline } from './wire.ts';

interface StartDialogProps {
  readonly pipeline: Pipeline;
  /** Values out of an address, as JSON. */
  readonly given?: string | undefined;
  readonly onClose: () => void;
}

/** Asks for the parameters of a pipeline and starts it. */
export function StartDialog({ pipeline, given, onClose }: StartDialogProps) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const parameters = pipeline.document.parameterConfig ?? [];
  const [values, setValues] = useState<ParameterValues>(() => firstValues(parameters, given));
  const [tried, setTried] = useState(false);
  const start = useStart(pipeline);
  const asked = askedOf(parameters, values);
  const missing = missingOf(parameters, values);
  const refused = isProblem(start.error) ? start.error.details['field'] : undefined;
  const errorAt = (name: string): string | undefined => {
    if (refused === `parameters.${name}`) return words(start.error);
    return tried && missing.includes(name) ? t('start.needed') : undefined;
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('start.title', { name: pipeline.name })}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (missing.length === 0) start.mutate(givenValues(parameters, values));
        }}
      >
        <Stack gap={16}>
          <StartAlert pipeline={pipeline} />
          {parameters.length === 0 && <p>{t('start.none')}</p>}
          {asked.map((parameter, at) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              first={at === 0}
              value={values[parameter.name] ?? ''}
              error={errorAt(parameter.name)}
              onChange={(value) => setValues({ ...values, [parameter.name]: value })}
            />
          ))}
          {start.isError && asked.every(({ name }) => refused !== `parameters.${name}`) && (
            <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
              {words(start.error)}
            </Alert>
          )}
          <Group justify="space-between" gap={8}>
            {parameters.length > 0 ? (
              <CopyButton value={startLink(pipeline.id, parameters, values)}>
                {({ copied, copy }) => (
                  <Button variant="subtle" color="gray" leftSection={<IconLink size={16} />} onClick={copy}>
                    {t(copied ? 'start.copied' : 'start.link')}
                  </Button>
                )}
              </CopyButton>
            ) : (
              <span />
            )}
            <Group gap={8}>
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
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function useStart(pipeline: Pipeline) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [key, setKey] = useState(() => crypto.randomUUID());
  return useMutation({
    mutationFn: async (values: ParameterValues) => startPipeline(pipeline.id, values, key),
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
}

/** What whoever edits the pipeline wants to be read before it is started. */
function StartAlert({ pipeline }: { readonly pipeline: Pipeline }) {
  const alert = pipeline.document['manualStartAlert'];
  if (typeof alert !== 'object' || alert === null) return null;
  const { message, type } = alert as Fields;
  if (typeof message !== 'string' || message === '') return null;
  const isBad = type === 'danger' || type === 'error';
  return (
    <Alert color={isBad ? 'red' : type === 'warning' ? 'yellow' : 'gray'} icon={<IconAlertCircle size={18} />}>
      {message}
    </Alert>
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
