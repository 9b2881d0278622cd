import { ActionIcon, Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowDown, IconArrowUp, IconDots, IconLock, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '../ui/chip.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { orderPipelines, pipelinesQuery } from './api.ts';
import { ExecutionBadge } from './execution-badge.tsx';
import { lockOf } from './pipeline-lock.ts';
import classes from './pipelines-page.module.css';
import type { ExecutionItem, Pipeline } from './wire.ts';

interface PipelineRowsProps {
  /** Of one application, in their order. */
  readonly pipelines: readonly Pipeline[];
  /** The latest executions, also of other pipelines. */
  readonly recent: readonly ExecutionItem[];
  readonly onStart: (id: string) => void;
}

/** Pipelines of an application, each with how it fared last. */
export function PipelineRows({ pipelines, recent, onStart }: PipelineRowsProps) {
  const { t } = useTranslation('pipelines');
  if (pipelines.length === 0) return <p className={classes['none']}>{t('noneHere')}</p>;
  return (
    <ul className={classes['pipelines']}>
      {pipelines.map((pipeline, at) => (
        <PipelineRow
          key={pipeline.id}
          pipeline={pipeline}
          last={recent.find((execution) => execution.pipeline.id === pipeline.id)}
          onStart={() => onStart(pipeline.id)}
          more={pipeline.writable === true && pipelines.length > 1 && <RowMenu pipelines={pipelines} at={at} />}
        />
      ))}
    </ul>
  );
}

interface PipelineRowProps {
  readonly pipeline: Pipeline;
  readonly last: ExecutionItem | undefined;
  readonly onStart: () => void;
  readonly more: ReactNode;
}

function PipelineRow({ pipeline, last, onStart, more }: PipelineRowProps) {
  const { t } = useTranslation('pipelines');
  return (
    <li className={classes['pipeline']}>
      <Link to="/pipelines/$pipeline" params={{ pipeline: pipeline.id }} className={classes['name']}>
        <strong>{pipeline.name}</strong>
        <small>{pipeline.document.description || t('stages', { count: pipeline.stageCount })}</small>
      </Link>
      <span className={classes['last']}>
        {lockOf(pipeline.document) !== null && <IconLock size={14} role="img" aria-label={t('builder.locked')} />}
        {pipeline.disabled && <Chip color="lightGray">{t('disabled')}</Chip>}
        {last !== undefined && (
          <Link to="/executions/$id" params={{ id: last.id }} className={classes['execution']}>
            <ExecutionBadge execution={last} size="sm" />
            <RelativeTime at={last.createdAt} />
          </Link>
        )}
        {last === undefined && !pipeline.disabled && <span className={classes['quiet']}>{t('neverRun')}</span>}
      </span>
      <Button
        size="xs"
        variant="light"
        disabled={pipeline.disabled}
        leftSection={<IconPlayerPlay size={14} />}
        aria-label={t('start.title', { name: pipeline.name })}
        onClick={onStart}
      >
        {t('start.start')}
      </Button>
      {more}
    </li>
  );
}

/** Where a pipeline stands among those of its application. */
function RowMenu({ pipelines, at }: { readonly pipelines: readonly Pipeline[]; readonly at: number }) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const client = useQueryClient();
  const pipeline = pipelines[at];
  const order = useMutation({
    mutationFn: async (to: number) => {
      const ids = pipelines.map(({ id }) => id);
      const [moved = ''] = ids.splice(at, 1);
      return orderPipelines(pipeline?.application ?? '', ids.toSpliced(to, 0, moved));
    },
    onError: (error) => notifications.show({ color: 'red', message: words(error) }),
    onSettled: async () => client.invalidateQueries({ queryKey: pipelinesQuery.queryKey }),
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          loading={order.isPending}
          aria-label={t('menu.label', { name: pipeline?.name })}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowUp size={16} />} disabled={at === 0} onClick={() => order.mutate(at - 1)}>
          {t('menu.up')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowDown size={16} />}
          disabled={at === pipelines.length - 1}
          onClick={() => order.mutate(at + 1)}
        >
          {t('menu.down')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
