import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../api/problem.ts';
import { Panel } from '../ui/panel.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { type Control, controlExecution, executionsQuery } from './api.ts';
import { ConfirmControl } from './confirm-control.tsx';
import classes from './stuck-executions.module.css';
import type { ExecutionItem } from './wire.ts';

/** For administrators: executions that run and do not go on, as after a machine was lost. Most times there are none. */
export function StuckExecutions() {
  const { t } = useTranslation('pipelines');
  const found = useQuery(executionsQuery({ stuck: true }));
  const executions = found.data?.executions ?? [];
  if (executions.length === 0) return null;
  return (
    <Panel title={t('stuck.title', { count: executions.length })} flush>
      <p className={classes['help']}>{t('stuck.help')}</p>
      <ul className={classes['list']}>
        {executions.map((execution) => (
          <StuckRow key={execution.id} execution={execution} />
        ))}
      </ul>
    </Panel>
  );
}

function StuckRow({ execution }: { readonly execution: ExecutionItem }) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const client = useQueryClient();
  const [cancelling, setCancelling] = useState(false);
  const name = `${execution.pipeline.name} ${t('executions.number', { number: execution.number })}`;
  const control = useMutation({
    mutationFn: async (what: Control) => controlExecution(execution.id, what),
    onSuccess: ({ moved }, { verb }) =>
      notifications.show({
        message: moved === false ? t('stuck.still', { name }) : t(`stuck.done.${verb}`, { name, defaultValue: '' }),
      }),
    onSettled: async () => {
      setCancelling(false);
      await client.invalidateQueries({ queryKey: ['executions'] });
    },
  });
  const why = isProblem(control.error) ? control.error.details['why'] : undefined;
  const pending = control.isPending ? control.variables.verb : undefined;
  return (
    <li className={classes['row']}>
      <Link to="/executions/$id" params={{ id: execution.id }} className={classes['name']}>
        {name}
      </Link>
      <span className={classes['since']}>
        {execution.application} · {t('stuck.since')} <RelativeTime at={execution.updatedAt} />
      </span>
      <span className={classes['buttons']}>
        <Button
          size="xs"
          variant="default"
          loading={pending === 'put-forward'}
          aria-label={`${t('stuck.putForward')}: ${name}`}
          onClick={() => control.mutate({ verb: 'put-forward' })}
        >
          {t('stuck.putForward')}
        </Button>
        <Button
          size="xs"
          variant="subtle"
          color="red"
          loading={pending === 'cancel'}
          aria-label={`${t('execution.cancel')}: ${name}`}
          onClick={() => setCancelling(true)}
        >
          {t('execution.cancel')}
        </Button>
      </span>
      {control.isError && (
        <p role="alert" className={classes['failed']}>
          {typeof why === 'string' ? t('stuck.failed', { why }) : words(control.error)}
        </p>
      )}
      {cancelling && (
        <ConfirmControl
          verb="cancel"
          name={name}
          pending={control.isPending}
          onConfirm={(reason) => control.mutate({ verb: 'cancel', reason })}
          onClose={() => setCancelling(false)}
        />
      )}
    </li>
  );
}
