import { Alert, Button, Group, TextInput } from '@mantine/core';
import { IconTemplate } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, path, post } from '../../api/client.ts';
import { isProblem } from '../../api/problem.ts';
import { useErrorWords } from '../../ui/states.tsx';
import type { Fields, PipelineDocument } from '../wire.ts';
import classes from './builder.module.css';
import { detached, referenceOf, withPlanned } from './template-edits.ts';
import type { PipelineBuilder } from './use-pipeline-builder.ts';

interface Variable {
  readonly name: string;
  readonly type?: string;
  readonly description?: string;
  readonly defaultValue?: unknown;
}

const templateQuery = (id: string, tag: string) => ({
  queryKey: ['pipeline-template', id, tag],
  queryFn: async () =>
    (await get<{ variables?: readonly Variable[] }>(path('/gate/v2/pipelineTemplates', id), { query: { tag } }))
      .variables ?? [],
});

/** A pipeline that a template makes: its variables are filled in here, or it is taken off the template. */
export function TemplateNotice({ builder }: { readonly builder: PipelineBuilder }) {
  const { t } = useTranslation('pipelines');
  const { document, setDocument } = builder;
  const reference = referenceOf(document);
  const { data: variables = [] } = useQuery({
    ...templateQuery(reference?.id ?? '', reference?.tag ?? ''),
    enabled: reference !== null,
  });
  if (reference === null) return null;
  return (
    <Alert color="gray" variant="light" icon={<IconTemplate size={18} />} role="note">
      <div className={classes['notice']}>
        <span>{t('template.made', { name: reference.name })}</span>
        <Button size="xs" variant="default" onClick={() => setDocument(detached(document))}>
          {t('template.detach')}
        </Button>
      </div>
      {variables.length > 0 && <Variables builder={builder} variables={variables} />}
    </Alert>
  );
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** Texts stay texts; everything else is written as JSON. */
function valueOf(text: string, type: string): unknown {
  if (type === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface VariablesProps {
  readonly builder: PipelineBuilder;
  readonly variables: readonly Variable[];
}

function Variables({ builder, variables }: VariablesProps) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const { document, setDocument, stored } = builder;
  const given = (document['variables'] ?? {}) as Fields;
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const shown = (name: string): string => typed[name] ?? textOf(given[name]);
  const values = Object.fromEntries(
    variables.flatMap(({ name, type = 'string' }) =>
      shown(name) === '' ? [] : [[name, valueOf(shown(name), type)] as const],
    ),
  );
  const plan = useMutation({
    mutationFn: async () => {
      const { application, name } = document;
      const written = (document['templatedFrom'] ?? {}) as Fields;
      const asked = { ...written, application, name, variables: values };
      return post<PipelineDocument>('/gate/v2/pipelineTemplates/plan', asked);
    },
    onSuccess: (planned) => {
      setDocument(withPlanned(document, planned, stored?.document, values));
      setTyped({});
    },
  });
  const wrong = isProblem(plan.error) ? plan.error.details['field'] : undefined;
  const isPlaced = variables.some(({ name }) => wrong === `variables.${name}`);
  return (
    <form
      className={classes['form']}
      style={{ marginTop: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        plan.mutate();
      }}
    >
      <div className={classes['two']}>
        {variables.map(({ name, description, defaultValue }) => (
          <TextInput
            key={name}
            label={name}
            description={description}
            placeholder={textOf(defaultValue)}
            withAsterisk={defaultValue === undefined}
            error={wrong === `variables.${name}` ? words(plan.error) : undefined}
            value={shown(name)}
            onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
          />
        ))}
      </div>
      {plan.isError && !isPlaced && (
        <p role="alert" className={classes['error']}>
          {words(plan.error)}
        </p>
      )}
      <Group justify="flex-end">
        <Button
          type="submit"
          size="xs"
          variant="default"
          loading={plan.isPending}
          disabled={Object.keys(typed).length === 0}
        >
          {t('template.apply')}
        </Button>
      </Group>
    </form>
  );
}
