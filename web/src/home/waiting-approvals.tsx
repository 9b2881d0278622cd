import { IconArrowRight, IconHourglass } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { approvalsQuery } from '../approvals/api.ts';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import classes from './home-page.module.css';

const SHOWN = 4;

/** What waits for the decision of the reader. */
export function WaitingApprovals() {
  const { t } = useTranslation('approvals');
  const approvals = useInfiniteQuery(approvalsQuery('mine'));
  const waiting = approvals.data?.pages.flatMap((page) => page.approvals).slice(0, SHOWN) ?? [];
  const count = approvals.data?.pages[0]?.waitingForMe ?? 0;
  if (approvals.isSuccess && waiting.length === 0) return null;
  return (
    <Panel title={t('count', { count })} flush aside={<Link to="/approvals">{t('view.mine')}</Link>}>
      {approvals.isPending && <RowSkeletons rows={2} height={52} />}
      {approvals.isError && <ErrorState error={approvals.error} retry={approvals.refetch} />}
      <ul className={classes['rules']}>
        {waiting.map(({ id, title, requestedBy, requestedAt, timeout }) => (
          <li key={id}>
            <Link to="/approvals/$id" params={{ id }}>
              <IconHourglass size={16} aria-hidden />
              <span>
                <strong>{title}</strong>
                <small>
                  {requestedBy.name} · <RelativeTime at={requestedAt} />
                  {timeout !== null && (
                    <>
                      {' · '}
                      {t('until')} <RelativeTime at={timeout.at} />
                    </>
                  )}
                </small>
              </span>
              <IconArrowRight size={15} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
