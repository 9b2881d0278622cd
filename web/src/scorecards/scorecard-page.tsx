import { Button } from '@mantine/core';
import { IconBrandSlack, IconChecklist, IconShieldOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Scorecard } from '../api/wire.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { useIsAdmin } from '../access/use-is-admin.ts';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { scorecardsQuery, summaryQuery } from './api.ts';
import { Distribution } from './distribution.tsx';
import { ExemptionPolicy } from './exemption-policy.tsx';
import { ReminderDialog } from './reminder-dialog.tsx';
import { RulesByFailure } from './rules-by-failure.tsx';
import classes from './scorecard-page.module.css';
import { TeamRanking } from './team-ranking.tsx';

export function ScorecardPage() {
  const { t } = useTranslation('scorecards');
  const { blueprint, id } = useParams({ from: '/app/scorecards/$blueprint/$id' });
  const scorecards = useQuery(scorecardsQuery);
  if (scorecards.isError) return <ErrorState page error={scorecards.error} retry={scorecards.refetch} />;
  const scorecard = scorecards.data?.find((one) => one.blueprint === blueprint && one.identifier === id);
  if (scorecards.isPending) {
    return (
      <Page title={id}>
        <RowSkeletons rows={4} height={96} />
      </Page>
    );
  }
  if (scorecard === undefined) {
    return (
      <EmptyState page icon={IconChecklist} title={t('page.missing', { id })}>
        {t('page.missingHelp')}
      </EmptyState>
    );
  }
  return <ScorecardView scorecard={scorecard} />;
}

function ScorecardView({ scorecard }: { readonly scorecard: Scorecard }) {
  const { t } = useTranslation('scorecards');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const summary = useQuery(summaryQuery(scorecard.blueprint, scorecard.identifier));
  const { open } = useSearch({ from: '/app/scorecards/$blueprint/$id' });
  const navigate = useNavigate({ from: '/scorecards/$blueprint/$id' });
  const show = (dialog: 'reminder' | 'exemptions' | undefined): void =>
    void navigate({ search: dialog === undefined ? {} : { open: dialog }, replace: true });
  const admin = useIsAdmin();
  const blueprint = blueprints.find((one) => one.identifier === scorecard.blueprint);
  return (
    <Page
      title={scorecard.title}
      icon={<IconChecklist size={20} stroke={1.6} />}
      crumbs={[{ label: t('index.title'), to: '/scorecards' }]}
      lead={t('page.lead', { blueprint: blueprint?.title ?? scorecard.blueprint, count: summary.data?.entities ?? 0 })}
      actions={
        <>
          {admin && (
            <Button variant="default" leftSection={<IconShieldOff size={16} />} onClick={() => show('exemptions')}>
              {t('policy.button', { ns: 'exemptions' })}
            </Button>
          )}
          <Button leftSection={<IconBrandSlack size={16} />} onClick={() => show('reminder')}>
            {t('remind.button')}
          </Button>
        </>
      }
    >
      {summary.isPending && <RowSkeletons rows={3} height={120} />}
      {summary.isError && <ErrorState error={summary.error} retry={summary.refetch} />}
      {summary.isSuccess && (
        <>
          <Panel title={t('page.levels')}>
            <Distribution levels={summary.data.levels} />
          </Panel>
          <div className={classes['columns']}>
            <Panel title={t('page.rules')} flush>
              <RulesByFailure rules={summary.data.rules} scorecard={scorecard} blueprint={blueprint} />
            </Panel>
            <Panel title={t('page.teams')} flush>
              <TeamRanking teams={summary.data.teams} />
            </Panel>
          </div>
        </>
      )}
      {open === 'reminder' && <ReminderDialog scorecard={scorecard} onClose={() => show(undefined)} />}
      {open === 'exemptions' && admin && <ExemptionPolicy scorecard={scorecard} onClose={() => show(undefined)} />}
    </Page>
  );
}
