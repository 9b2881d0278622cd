import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Run } from '../api/wire.ts';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { runApprovalQuery, type ApprovalDetail } from './api.ts';
import { ApprovalBadge } from './approval-badge.tsx';
import { ApprovalDetails } from './approval-details.tsx';
import classes from './run-approval.module.css';

/** The question on a run's own page: amber while it is open, folded to its answer afterwards. */
export function RunApproval({ run }: { readonly run: Run }) {
  const { t } = useTranslation('approvals');
  const approval = useQuery(runApprovalQuery(run.id));
  if (approval.isPending) return <RowSkeletons rows={1} height={120} />;
  if (approval.isError) return <ErrorState error={approval.error} retry={approval.refetch} />;
  if (approval.data === null) return null;
  if (approval.data.state !== 'open') {
    return (
      <details className={classes['answer']}>
        <summary>
          <ApprovalBadge state={approval.data.state} />
          {approval.data.decision !== null && <Decider decision={approval.data.decision} />}
        </summary>
        <ApprovalDetails approval={approval.data} inPlace heading="h2" />
      </details>
    );
  }
  return (
    <div className={classes['card']}>
      <Panel title={t('run.title')} aside={t('run.lead')}>
        <ApprovalDetails approval={approval.data} inPlace />
      </Panel>
    </div>
  );
}

function Decider({ decision }: { readonly decision: NonNullable<ApprovalDetail['decision']> }) {
  const { t } = useTranslation('approvals');
  const isTimeout = decision.through === 'timeout';
  return <span>{isTimeout ? t('decision.byTimeout') : t('decision.by', { name: decision.byName })}</span>;
}
