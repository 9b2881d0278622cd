import { Button } from '@mantine/core';
import { IconArrowRight, IconCircleCheck, IconFlag3, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Suspense } from 'react';
import { lazyPart } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { offeredActionsQuery } from '../actions/api.ts';
import { approvalCountQuery } from '../approvals/api.ts';
import { sessionQuery } from '../api/session.ts';
import { withWords } from '../i18n/i18n.ts';
import { AuditList } from '../history/audit-list.tsx';
import { RunList } from '../runs/run-list.tsx';
import { NamedIcon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { useNow } from '../ui/time.tsx';
import { pageQuery } from '../pages/api.ts';
import { allWidgets } from '../pages/widget.ts';
import { homeQuery, type FailingRule } from './api.ts';
import classes from './home-page.module.css';

/** Only for those for whom something waits. */
const WaitingApprovals = lazyPart(
  withWords(async () => ({ default: (await import('./waiting-approvals.tsx')).WaitingApprovals }), 'approvals'),
);

const HomeBoard = lazyPart(
  withWords(async () => ({ default: (await import('./home-board.tsx')).HomeBoard }), 'pages', 'table', 'run-tools'),
);

const ACTIONS_SHOWN = 6;

function partOfDay(hour: number): 'night' | 'morning' | 'afternoon' | 'evening' {
  if (hour < 5) return 'night';
  if (hour < 12) return 'morning';
  return hour < 18 ? 'afternoon' : 'evening';
}

export function HomePage() {
  const { t } = useTranslation('home');
  const now = useNow();
  const { data: session } = useQuery(sessionQuery);
  const home = useQuery(homeQuery);
  const { data: waiting = 0 } = useQuery(approvalCountQuery);
  const { data: own } = useQuery({ ...pageQuery('$home'), retry: false });
  const hasBoard = own !== undefined && allWidgets(own.page.widgets).some((one) => one.type !== 'dashboard-widget');
  const greeting = t(`greeting.${partOfDay(now.getHours())}`, {
    name: session?.person.firstName || session?.person.email,
  });
  return (
    <Page
      title={greeting}
      documentTitle={t('title')}
      lead={home.data === undefined ? undefined : t('lead', { count: home.data.failingRules.length })}
      actions={
        own?.mayUpdate === true && (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconPencil size={16} />}
            renderRoot={(props) => (
              <Link {...props} to="/pages/$page" params={{ page: '$home' }} search={{ edit: '1' }} />
            )}
          >
            {t('arrange')}
          </Button>
        )
      }
    >
      {home.isError && <ErrorState error={home.error} retry={home.refetch} />}
      {home.isPending && <RowSkeletons rows={4} height={96} />}
      {home.isSuccess && (
        <div className={classes['columns']}>
          <div className={classes['column']}>
            {waiting > 0 && (
              <Suspense fallback={<RowSkeletons rows={2} height={52} />}>
                <WaitingApprovals />
              </Suspense>
            )}
            <Panel title={t('needs.title')} flush>
              <FailingRules rules={home.data.failingRules} />
            </Panel>
            <Panel
              title={t('runs.title')}
              flush
              aside={
                <Link to="/audit" search={{ tab: 'runs' }}>
                  {t('all')}
                </Link>
              }
            >
              <RunList runs={home.data.myRuns} brief />
            </Panel>
          </div>
          <div className={classes['column']}>
            <Panel title={t('actions.title')} aside={<Link to="/self-service">{t('all')}</Link>}>
              <QuickActions />
            </Panel>
            <Panel title={t('changes.title')} flush aside={<Link to="/audit">{t('all')}</Link>}>
              <AuditList audits={home.data.recentChanges} brief />
            </Panel>
          </div>
        </div>
      )}
      {hasBoard && (
        <div className={classes['own']}>
          <Suspense fallback={<RowSkeletons rows={2} height={160} />}>
            <HomeBoard stored={own} />
          </Suspense>
        </div>
      )}
    </Page>
  );
}

function FailingRules({ rules }: { readonly rules: readonly FailingRule[] }) {
  const { t } = useTranslation('home');
  if (rules.length === 0) {
    return (
      <EmptyState icon={IconCircleCheck} title={t('needs.none')}>
        {t('needs.noneHelp')}
      </EmptyState>
    );
  }
  return (
    <ul className={classes['rules']}>
      {rules.map((rule) => (
        <li key={`${rule.entity} ${rule.scorecard} ${rule.rule}`}>
          <Link
            to="/catalog/$blueprint/$identifier"
            params={{ blueprint: rule.blueprint, identifier: rule.entity }}
            search={{ tab: 'scorecards' }}
          >
            <IconFlag3 size={16} aria-hidden />
            <span>
              <strong>{rule.title}</strong>
              <small>{t('needs.rule', { rule: rule.rule, level: rule.level })}</small>
            </span>
            <IconArrowRight size={15} aria-hidden />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function QuickActions() {
  const { t } = useTranslation('home');
  const navigate = useNavigate();
  const { data: actions = [] } = useQuery(offeredActionsQuery());
  if (actions.length === 0) return <span style={{ color: 'var(--q-text-3)' }}>{t('actions.none')}</span>;
  return (
    <div className={classes['actions']}>
      {actions.slice(0, ACTIONS_SHOWN).map((action) => (
        <Button
          key={action.identifier}
          variant="default"
          justify="flex-start"
          leftSection={<NamedIcon name={action.icon} size={16} />}
          onClick={() => void navigate({ to: '/self-service', search: { action: action.identifier } })}
        >
          {action.title ?? action.identifier}
        </Button>
      ))}
    </div>
  );
}
