import { Button, Tabs } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Run } from '../api/wire.ts';
import { RunApproval } from '../approvals/run-approval.tsx';
import { NamedIcon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { AffectedEntities, useChangeWords } from './affected-entities.tsx';
import { affectedQuery, isOver, runQuery, timelineQuery, useRunStream } from './api.ts';
import { CancelButton } from './cancel-button.tsx';
import { LogStream } from './log-stream.tsx';
import classes from './run-page.module.css';
import { RunAgainButton } from './run-again-button.tsx';
import { RunBadge } from './run-badge.tsx';
import { RunExchange, RunInputs } from './run-details.tsx';
import { runLines } from './run-lines.ts';
import { RunSummary } from './run-summary.tsx';
import { Timeline } from './timeline.tsx';

/** What a run does to entities is no news of the run itself. */
const WHILE_RUNNING_MS = 3000;

export function RunPage() {
  const { t } = useTranslation('runs');
  const { id } = useParams({ from: '/app/runs/$id' });
  const run = useQuery(runQuery(id));
  if (run.isError) return <ErrorState page error={run.error} retry={run.refetch} />;
  if (run.isPending) {
    return (
      <Page title={t('page.loading')}>
        <RowSkeletons rows={4} height={72} />
      </Page>
    );
  }
  return <RunView run={run.data} />;
}

const linksOf = (run: Run): readonly string[] => {
  const link = run.link ?? [];
  return (typeof link === 'string' ? [link] : link).filter((one) => /^https?:/.test(one));
};

function RunView({ run }: { readonly run: Run }) {
  const { t } = useTranslation('runs');
  const title = run.action.title ?? run.action.identifier;
  const crumbs = [
    { label: t('page.selfService'), to: '/self-service' },
    ...(run.blueprint && run.entity
      ? [
          {
            label: run.entity.title ?? run.entity.identifier,
            to: `/catalog/${encodeURIComponent(run.blueprint.identifier)}/${encodeURIComponent(run.entity.identifier)}`,
          },
        ]
      : []),
  ];
  return (
    <Page
      title={title}
      icon={<NamedIcon name={run.action.icon} size={20} />}
      crumbs={crumbs}
      actions={
        <>
          {linksOf(run).map((link) => (
            <Button
              key={link}
              component="a"
              href={link}
              target="_blank"
              rel="noreferrer"
              variant="default"
              leftSection={<NamedIcon name={link.includes('github') ? 'Github' : 'Link'} size={16} />}
              rightSection={<IconExternalLink size={14} />}
            >
              {t('page.job')}
            </Button>
          ))}
          <CancelButton run={run} />
          <RunAgainButton run={run} />
        </>
      }
    >
      <div className={classes['status']} aria-live="polite">
        <RunBadge run={run} size="lg" />
        <RunSummary run={run} />
      </div>
      {run.requiredApproval !== undefined && run.requiredApproval !== false && <RunApproval run={run} />}
      {run.summary ? <p className={classes['summary']}>{run.summary}</p> : null}
      <div className={classes['columns']}>
        <div className={classes['main']}>
          <RunTabs run={run} />
        </div>
        <RunSide run={run} />
      </div>
    </Page>
  );
}

function RunTabs({ run }: { readonly run: Run }) {
  const { t } = useTranslation('runs');
  const { tab } = useSearch({ from: '/app/runs/$id' });
  const navigate = useNavigate({ from: '/runs/$id' });
  const stream = useRunStream(run.id);
  const { data: affected = [] } = useQuery({
    ...affectedQuery(run.id),
    refetchInterval: isOver(run.status) ? false : WHILE_RUNNING_MS,
  });
  const describe = useChangeWords();
  return (
    <Panel flush>
      <Tabs
        value={tab ?? 'log'}
        onChange={(next) =>
          void navigate({ search: next === null || next === 'log' ? {} : { tab: next }, replace: true })
        }
        keepMounted={false}
      >
        <Tabs.List className={classes['tabs'] ?? ''}>
          <Tabs.Tab value="log">{t('tabs.log')}</Tabs.Tab>
          <Tabs.Tab value="entities">
            {t('tabs.entities')}
            <span className={classes['number']}>{affected.length}</span>
          </Tabs.Tab>
          <Tabs.Tab value="exchange">{t('tabs.exchange')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="log">
          <LogStream logs={runLines(stream.logs, affected, describe)} connection={stream.connection} />
        </Tabs.Panel>
        <Tabs.Panel value="entities">
          <AffectedEntities audits={affected} />
        </Tabs.Panel>
        <Tabs.Panel value="exchange">
          <RunExchange run={run} />
        </Tabs.Panel>
      </Tabs>
    </Panel>
  );
}

function RunSide({ run }: { readonly run: Run }) {
  const { t } = useTranslation('runs');
  const timeline = useQuery(timelineQuery(run.id));
  return (
    <div className={classes['side']}>
      <Panel title={t('timeline.title')}>
        {timeline.isPending && <RowSkeletons rows={3} height={28} />}
        {timeline.isError && <ErrorState error={timeline.error} retry={timeline.refetch} />}
        {timeline.isSuccess && <Timeline entries={timeline.data} status={run.status} />}
      </Panel>
      <RunInputs run={run} />
    </div>
  );
}
