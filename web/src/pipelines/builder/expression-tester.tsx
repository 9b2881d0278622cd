import { Button, Group, Modal, Select, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertCircle } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../../api/session.ts';
import { CodeView } from '../../ui/code-view.tsx';
import { RowSkeletons, useErrorWords } from '../../ui/states.tsx';
import { evaluateExpression, executionsQuery } from '../api.ts';
import type { Fields, PipelineDocument } from '../wire.ts';
import classes from './builder.module.css';
import { type ExpressionScope, ExpressionText } from './expression-text.tsx';

interface ExpressionTesterProps {
  readonly scope: ExpressionScope;
  readonly kind: 'program' | 'template';
  readonly value: string;
  readonly onUse: (text: string) => void;
  readonly onClose: () => void;
}

const TYPING_MS = 300;
const RECENT = 20;

/** What a pipeline that never ran can be asked about: its parameters as they are when nobody gives any. */
const assumed = ({ application, name, parameterConfig = [], stages }: PipelineDocument, user: string): Fields => ({
  execution: { application, name, number: 1 },
  trigger: { type: 'manual', user },
  parameters: Object.fromEntries(parameterConfig.map((one) => [one.name, one.default ?? ''])),
  stages: Object.fromEntries(stages.map((stage) => [stage.name, { status: 'SUCCEEDED', context: {}, outputs: {} }])),
  vars: {},
  user,
});

/** Tries an expression on what happened in an execution, while it is typed. */
export function ExpressionTester({ scope, kind, value, onUse, onClose }: ExpressionTesterProps) {
  const { t } = useTranslation('pipelines');
  const { builder, refId } = scope;
  const { data: session } = useQuery(sessionQuery);
  const [text, setText] = useState(value);
  const [chosen, setChosen] = useState<string | null>(null);
  const pipeline = builder.stored?.id;
  const recent = useQuery({ ...executionsQuery({ pipeline, limit: RECENT }), enabled: pipeline !== undefined });
  const executions = recent.data?.executions ?? [];
  const execution = chosen ?? executions[0]?.id;
  return (
    <Modal
      opened
      onClose={onClose}
      size={680}
      title={t('expression.title')}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <Stack gap={16}>
        <ExpressionText
          kind={kind}
          label={t('expression.label')}
          scope={scope}
          rows={2}
          value={text}
          onChange={setText}
        />
        {executions.length > 0 ? (
          <Select
            label={t('expression.over')}
            allowDeselect={false}
            data={executions.map(({ id, number, status }) => ({
              value: id,
              label: `${t('executions.number', { number })} · ${t(`status.${status}`)}`,
            }))}
            value={execution ?? null}
            onChange={setChosen}
          />
        ) : (
          !recent.isLoading && <p className={classes['help']}>{t('expression.assumed')}</p>
        )}
        <Outcome
          expression={text}
          {...(execution === undefined
            ? { facts: assumed(builder.document, session?.person.email ?? '') }
            : { execution, stage: refId })}
        />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            {t('cancel', { ns: 'common' })}
          </Button>
          <Button disabled={text === value} onClick={() => onUse(text)}>
            {t('expression.use')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Outcome(tried: Parameters<typeof evaluateExpression>[0]) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const [settled] = useDebouncedValue(tried.expression, TYPING_MS);
  const asked = { ...tried, expression: settled };
  const outcome = useQuery({
    queryKey: ['expression', asked],
    queryFn: async ({ signal }) => evaluateExpression(asked, signal),
    enabled: settled.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
  if (settled.trim() === '') return null;
  if (outcome.isPending) return <RowSkeletons rows={1} height={48} />;
  const error = outcome.isError ? words(outcome.error) : outcome.data.error;
  return (
    <div role="status" className={classes['outcome']} data-failed={error !== null || undefined}>
      <span className={classes['label']}>{t('expression.result')}</span>
      {error === null ? (
        <CodeView value={outcome.data?.result} label={t('expression.result')} maxHeight={260} />
      ) : (
        <p className={classes['failed']}>
          <IconAlertCircle size={16} aria-hidden /> {error}
        </p>
      )}
    </div>
  );
}
