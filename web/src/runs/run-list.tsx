import { Button } from '@mantine/core';
import { IconAnchor } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Run } from '../api/wire.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { EmptyState } from '../ui/states.tsx';
import { humanDuration, RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { RunBadge } from './run-badge.tsx';
import classes from './run-list.module.css';
import { useKnown } from './run-summary.tsx';

/** Runs, newest first; each row leads to its page. */
export function RunList({ runs, brief = false }: { readonly runs: readonly Run[]; readonly brief?: boolean }) {
  const { t } = useTranslation('runs');
  if (runs.length === 0) {
    return (
      <EmptyState
        icon={IconAnchor}
        title={t('list.empty')}
        action={
          <Button component={Link} to="/self-service" variant="default">
            {t('list.goToSelfService')}
          </Button>
        }
      >
        {t('list.emptyHelp')}
      </EmptyState>
    );
  }
  return (
    <ul className={classes['list']} data-brief={brief || undefined}>
      {runs.map((run) => (
        <RunRow key={run.id} run={run} brief={brief} />
      ))}
    </ul>
  );
}

function RunRow({ run, brief }: { readonly run: Run; readonly brief: boolean }) {
  const { t, i18n } = useTranslation('runs');
  const known = useKnown();
  return (
    <li>
      <Link to="/runs/$id" params={{ id: run.id }} className={classes['row']}>
        <span className={classes['icon']}>
          <NamedIcon name={run.action.icon} fallback={IconAnchor} size={16} />
        </span>
        <span className={classes['title']}>
          <strong>{run.action.title ?? run.action.identifier}</strong>
          {run.entity !== null && run.entity !== undefined && (
            <small>{run.entity.title ?? run.entity.identifier}</small>
          )}
        </span>
        <span className={classes['status']}>
          <RunBadge run={run} size="sm" />
        </span>
        {!brief && (
          <>
            <span className={classes['who']}>
              <Who {...known(run.createdBy)} />
            </span>
            <span className={classes['duration']} title={t('list.duration')}>
              {run.endedAt === null
                ? ''
                : humanDuration(Date.parse(run.endedAt) - Date.parse(run.createdAt), i18n.language)}
            </span>
          </>
        )}
        <span className={classes['when']}>
          <RelativeTime at={run.createdAt} />
        </span>
      </Link>
    </li>
  );
}
