import { IconChecklist } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Scorecard } from '../api/wire.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { scorecardsQuery, summaryQuery } from './api.ts';
import { Distribution } from './distribution.tsx';
import classes from './scorecards-page.module.css';

export function ScorecardsPage() {
  const { t } = useTranslation('scorecards');
  const scorecards = useQuery(scorecardsQuery);
  return (
    <Page title={t('index.title')} lead={t('index.lead')} icon={<IconChecklist size={20} stroke={1.6} />}>
      {scorecards.isPending && <RowSkeletons rows={2} height={136} />}
      {scorecards.isError && <ErrorState error={scorecards.error} retry={scorecards.refetch} />}
      {scorecards.isSuccess && scorecards.data.length === 0 && (
        <EmptyState icon={IconChecklist} title={t('index.empty')}>
          {t('index.emptyHelp')}
        </EmptyState>
      )}
      <ul className={classes['list']}>
        {scorecards.data?.map((scorecard) => (
          <ScorecardCard key={`${scorecard.blueprint}/${scorecard.identifier}`} scorecard={scorecard} />
        ))}
      </ul>
    </Page>
  );
}

function ScorecardCard({ scorecard }: { readonly scorecard: Scorecard }) {
  const { t } = useTranslation('scorecards');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: summary } = useQuery(summaryQuery(scorecard.blueprint, scorecard.identifier));
  const blueprint = blueprints.find((one) => one.identifier === scorecard.blueprint);
  const worst = summary?.rules.toSorted((left, right) => right.failed - left.failed)[0];
  return (
    <li>
      <Link
        to="/scorecards/$blueprint/$id"
        params={{ blueprint: scorecard.blueprint, id: scorecard.identifier }}
        className={classes['card']}
      >
        <span className={classes['head']}>
          <strong>{scorecard.title}</strong>
          <span className={classes['blueprint']}>
            <NamedIcon name={blueprint?.icon} size={15} />
            {blueprint?.title ?? scorecard.blueprint}
          </span>
        </span>
        {summary === undefined ? <span className={classes['placeholder']} /> : <Distribution levels={summary.levels} />}
        <span className={classes['facts']}>
          <span>{t('index.rules', { count: scorecard.rules.length })}</span>
          {summary !== undefined && <span>{t('index.entities', { count: summary.entities })}</span>}
          {worst !== undefined && worst.failed > 0 && (
            <span>{t('index.worst', { rule: worst.title, count: worst.failed })}</span>
          )}
        </span>
      </Link>
    </li>
  );
}
