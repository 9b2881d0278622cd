import { Button, SegmentedControl } from '@mantine/core';
import { IconGavel } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Drawer } from '../ui/drawer.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { approvalQuery, approvalsQuery, approvalViews, type ApprovalView } from './api.ts';
import { ApprovalBadge } from './approval-badge.tsx';
import { ApprovalDetails } from './approval-details.tsx';
import { ApprovalRow } from './approval-row.tsx';
import classes from './approvals-page.module.css';

const isView = (value: string | undefined): value is ApprovalView => approvalViews.some((view) => view === value);

export function ApprovalsPage() {
  const { t } = useTranslation('approvals');
  const { view: given, open } = useSearch({ from: '/app/approvals' });
  const view = isView(given) ? given : 'mine';
  const navigate = useNavigate({ from: '/approvals' });
  const pages = useInfiniteQuery(approvalsQuery(view));
  const approvals = pages.data?.pages.flatMap((page) => page.approvals) ?? [];
  const show = useCallback(
    (id: string | undefined) =>
      void navigate({
        search: { ...(view === 'mine' ? {} : { view }), ...(id === undefined ? {} : { open: id }) },
        replace: true,
      }),
    [navigate, view],
  );
  const hide = useCallback(() => show(undefined), [show]);
  return (
    <Page title={t('title')} lead={t('lead')} icon={<IconGavel size={20} stroke={1.6} />}>
      <SegmentedControl
        style={{ alignSelf: 'flex-start', maxWidth: '100%', overflowX: 'auto' }}
        size="xs"
        aria-label={t('filter')}
        value={view}
        onChange={(next) => void navigate({ search: next === 'mine' ? {} : { view: next }, replace: true })}
        data={approvalViews.map((value) => ({ value, label: t(`view.${value}`) }))}
      />
      {pages.isPending && <RowSkeletons rows={5} height={64} />}
      {pages.isError && <ErrorState error={pages.error} retry={pages.refetch} />}
      {pages.isSuccess && approvals.length === 0 && (
        <EmptyState icon={IconGavel} title={t(`empty.${view}`)}>
          {t(`empty.${view}Help`)}
        </EmptyState>
      )}
      {approvals.length > 0 && (
        <Panel flush>
          <ul>
            {approvals.map((approval) => (
              <ApprovalRow key={approval.id} approval={approval} selected={approval.id === open} onOpen={show} />
            ))}
          </ul>
        </Panel>
      )}
      {pages.hasNextPage && (
        <Button
          variant="default"
          style={{ alignSelf: 'center' }}
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
      {open !== undefined && <ApprovalDrawer id={open} onClose={hide} />}
    </Page>
  );
}

function ApprovalDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useTranslation('approvals');
  const approval = useQuery(approvalQuery(id));
  return (
    <Drawer
      label={approval.data?.title ?? t('title')}
      onClose={onClose}
      head={
        approval.data !== undefined && (
          <div className={classes['head']}>
            <ApprovalBadge state={approval.data.state} />
            <h2>{approval.data.title}</h2>
            <Link to="/approvals/$id" params={{ id }}>
              {t('openPage')}
            </Link>
          </div>
        )
      }
    >
      {approval.isPending && <RowSkeletons rows={4} height={56} />}
      {approval.isError && <ErrorState error={approval.error} retry={approval.refetch} />}
      {approval.isSuccess && <ApprovalDetails key={id} approval={approval.data} />}
    </Drawer>
  );
}
