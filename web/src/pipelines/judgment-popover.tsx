import { Button, Popover } from '@mantine/core';
import { IconUserQuestion } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { executionQuery } from './api.ts';
import { awaits, JudgmentCard } from './judgment-card.tsx';
import type { ExecutionItem } from './wire.ts';

/** The judgment of an execution, to be given from a list. */
export function JudgmentPopover({ execution }: { readonly execution: ExecutionItem }) {
  const { t } = useTranslation('pipelines');
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={420} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconUserQuestion size={14} />}
          aria-label={t('judgment.judgeIt', { name: execution.pipeline.name, number: execution.number })}
          onClick={() => setOpen(!open)}
        >
          {t('judgment.judge')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0} maw="calc(100vw - 24px)" aria-label={t('judgment.judge')}>
        {open && <Asked id={execution.id} onJudged={() => setOpen(false)} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Asked({ id, onJudged }: { readonly id: string; readonly onJudged: () => void }) {
  const { t } = useTranslation('pipelines');
  const client = useQueryClient();
  const execution = useQuery({ ...executionQuery(id), staleTime: 0 });
  if (execution.isError) return <ErrorState error={execution.error} retry={execution.refetch} />;
  if (execution.isPending) return <RowSkeletons rows={3} height={40} />;
  const waiting = execution.data.stages.filter(awaits);
  if (waiting.length === 0) return <p style={{ padding: 16 }}>{t('judgment.gone')}</p>;
  return waiting.map((stage) => (
    <JudgmentCard
      key={`${stage.id} ${stage.attempt}`}
      execution={execution.data}
      stage={stage}
      onJudged={() => {
        void client.invalidateQueries({ queryKey: ['executions'] });
        onJudged();
      }}
    />
  ));
}
