import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { useNow } from '../ui/time.tsx';
import { type ExecutionFilter, executionPagesQuery } from './api.ts';
import { asFilter, isFiltered, type ShownExecutions, spans, states, triggerTypes } from './execution-filter.ts';
import { ExecutionList } from './execution-list.tsx';
import classes from './pipeline-page.module.css';

interface ExecutionsProps {
  /** Of one pipeline or application; of all when empty. */
  readonly of: Pick<ExecutionFilter, 'pipeline' | 'application'>;
  readonly shown: ShownExecutions;
  readonly onShow: (change: ShownExecutions) => void;
  /** Offered where there are none at all. */
  readonly start?: ReactNode;
}

const EVERY_MINUTE = 60_000;

/** Executions to search in; the list follows what happens. */
export function Executions({ of, shown, onShow, start }: ExecutionsProps) {
  const { t } = useTranslation('pipelines');
  const now = useNow(EVERY_MINUTE);
  const pages = useInfiniteQuery(executionPagesQuery({ ...of, ...asFilter(shown, now.getTime()) }));
  const filtered = isFiltered(shown);
  return (
    <>
      <FilterBar shown={shown} onShow={onShow} />
      {pages.isPending && <RowSkeletons rows={5} height={48} />}
      {pages.isError && <ErrorState error={pages.error} retry={pages.refetch} />}
      {pages.isSuccess && (
        <ExecutionList
          executions={pages.data.pages.flatMap((page) => page.executions)}
          named={of.pipeline === undefined}
          empty={t(filtered ? 'executions.noneFit' : 'executions.emptyHelp')}
          action={
            filtered ? (
              <Button
                variant="default"
                onClick={() => onShow({ show: undefined, trigger: undefined, by: undefined, since: undefined })}
              >
                {t('executions.clear')}
              </Button>
            ) : (
              start
            )
          }
        />
      )}
      {pages.hasNextPage && (
        <div className={classes['more']}>
          <Button variant="subtle" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t('executions.more')}
          </Button>
        </div>
      )}
    </>
  );
}

const TYPING_MS = 300;

function FilterBar({ shown, onShow }: Pick<ExecutionsProps, 'shown' | 'onShow'>) {
  const { t } = useTranslation('pipelines');
  const state = Object.hasOwn(states, shown.show ?? '') ? (shown.show ?? 'all') : 'all';
  return (
    <div className={classes['filters']} role="search" aria-label={t('executions.show')}>
      <Select
        size="xs"
        aria-label={t('executions.state')}
        data={Object.keys(states).map((value) => ({ value, label: t(`executions.filter.${value}`) }))}
        value={state}
        allowDeselect={false}
        onChange={(next) => onShow({ show: next === 'all' || next === null ? undefined : next })}
      />
      <Select
        size="xs"
        aria-label={t('executions.trigger')}
        placeholder={t('executions.anyTrigger')}
        clearable
        data={triggerTypes.map((value) => ({ value, label: t(`trigger.${value}.name`) }))}
        value={triggerTypes.find((one) => one === shown.trigger) ?? null}
        onChange={(next) => onShow({ trigger: next ?? undefined })}
      />
      <Select
        size="xs"
        aria-label={t('executions.since')}
        placeholder={t('executions.anyTime')}
        clearable
        data={Object.keys(spans).map((value) => ({ value, label: t(`executions.span.${value}`) }))}
        value={Object.hasOwn(spans, shown.since ?? '') ? (shown.since ?? null) : null}
        onChange={(next) => onShow({ since: next ?? undefined })}
      />
      <StartedBy shown={shown} onShow={onShow} />
    </div>
  );
}

function StartedBy({ shown, onShow }: Pick<ExecutionsProps, 'shown' | 'onShow'>) {
  const { t } = useTranslation('pipelines');
  const [typed, setTyped] = useState(shown.by ?? '');
  const ask = useDebouncedCallback((text: string) => onShow({ by: text === '' ? undefined : text }), TYPING_MS);
  return (
    <TextInput
      size="xs"
      aria-label={t('executions.by')}
      placeholder={t('executions.by')}
      leftSection={<IconSearch size={14} />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        ask(event.currentTarget.value);
      }}
    />
  );
}
