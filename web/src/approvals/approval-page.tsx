import { IconGavel } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { approvalQuery } from './api.ts';
import { ApprovalBadge } from './approval-badge.tsx';
import { ApprovalDetails } from './approval-details.tsx';

/** Where messages lead. Opening it decides nothing. */
export function ApprovalPage() {
  const { t } = useTranslation('approvals');
  const { id } = useParams({ from: '/app/approvals/$id' });
  const approval = useQuery(approvalQuery(id));
  if (approval.isError) return <ErrorState page error={approval.error} retry={approval.refetch} />;
  return (
    <Page
      title={approval.data?.title ?? t('title')}
      width="reading"
      icon={<IconGavel size={20} stroke={1.6} />}
      crumbs={[{ label: t('title'), to: '/approvals' }]}
      lead={approval.data === undefined ? undefined : <ApprovalBadge state={approval.data.state} size="md" />}
    >
      {approval.isPending && <RowSkeletons rows={4} height={72} />}
      {approval.isSuccess && (
        <Panel>
          <ApprovalDetails key={id} approval={approval.data} heading="h2" />
        </Panel>
      )}
    </Page>
  );
}
