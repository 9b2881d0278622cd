import { IconAlertTriangle, IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Audit } from '../api/wire.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { ChangeBadge } from '../runs/affected-entities.tsx';
import { useKnown } from '../runs/run-summary.tsx';
import { DiffView } from '../ui/diff-view.tsx';
import { EmptyState } from '../ui/states.tsx';
import { StatusBadge } from '../ui/status-badge.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import classes from './audit-list.module.css';

interface AuditListProps {
  readonly audits: readonly Audit[];
  readonly withDiff?: boolean;
  /** Name and time only, for narrow places. */
  readonly brief?: boolean;
}

/** What changed, by whom, through which door. */
export function AuditList({ audits, withDiff = false, brief = false }: AuditListProps) {
  const { t } = useTranslation('history');
  if (audits.length === 0) {
    return (
      <EmptyState icon={IconHistory} title={t('empty')}>
        {t('emptyHelp')}
      </EmptyState>
    );
  }
  return (
    <ul className={classes['list']} data-brief={brief || undefined}>
      {audits.map((audit) => (
        <AuditRow key={audit.identifier} audit={audit} withDiff={withDiff} brief={brief} />
      ))}
    </ul>
  );
}

/** The name of what an audit record is about, as a link where there is a page for it. */
function subjectOf(audit: Audit): ReactNode {
  const { entity, blueprint, runId, scorecard, action } = audit.context;
  if (audit.resourceType === 'run' && runId) {
    return (
      <Link to="/runs/$id" params={{ id: runId }}>
        {action ?? runId}
      </Link>
    );
  }
  if (audit.resourceType === 'scorecard' && scorecard && blueprint) {
    return (
      <Link to="/scorecards/$blueprint/$id" params={{ blueprint, id: scorecard }}>
        {scorecard}
      </Link>
    );
  }
  if (entity && blueprint) {
    if (audit.action === 'DELETE') return <span>{entity}</span>;
    return (
      <Link to="/catalog/$blueprint/$identifier" params={{ blueprint, identifier: entity }}>
        {entity}
      </Link>
    );
  }
  if (audit.resourceType === 'blueprint' && blueprint) {
    return (
      <Link to="/catalog/$blueprint" params={{ blueprint }}>
        {blueprint}
      </Link>
    );
  }
  return <span>{action ?? Object.values(audit.context).find(Boolean) ?? audit.identifier}</span>;
}

/** Many changes alike, told in one line; each of them stands in the audit log. */
function ChangesAlike({ audit }: { readonly audit: Audit }) {
  const { t } = useTranslation('history');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { count = 0, more = false } = audit.group ?? {};
  const name = audit.context['blueprint'] ?? '';
  const blueprint = blueprints.find((one) => one.identifier === name)?.title ?? name;
  const search = { resource: 'entity', action: audit.action, blueprint: name };
  return (
    <Link to="/audit" search={search}>
      {t(more ? 'alike.more' : 'alike.count', { count, blueprint })}
    </Link>
  );
}

function AuditRow({
  audit,
  withDiff,
  brief,
}: { readonly audit: Audit } & Required<Pick<AuditListProps, 'withDiff' | 'brief'>>) {
  const { t } = useTranslation('history');
  const known = useKnown();
  const { by, origin, at } = audit.trigger;
  const who = known(by.user?.email ?? by.userId ?? t('system'));
  return (
    <li>
      <div className={classes['row']}>
        <ChangeBadge action={audit.action} />
        <span className={classes['subject']}>
          {audit.group === undefined ? subjectOf(audit) : <ChangesAlike audit={audit} />}
          <small>
            {t(`resource.${audit.resourceType}`, { defaultValue: audit.resourceType })}
            {audit.context['blueprint'] && audit.resourceType === 'entity' && audit.group === undefined
              ? ` · ${audit.context['blueprint']}`
              : ''}
          </small>
        </span>
        {audit.status === 'FAILURE' && (
          <StatusBadge tone="bad" icon={IconAlertTriangle} size="sm">
            {t('refused')}
          </StatusBadge>
        )}
        <span className={classes['who']}>
          <Who {...who} />
          {!brief && <small>{origin}</small>}
        </span>
        <span className={classes['when']}>
          <RelativeTime at={at} />
        </span>
      </div>
      {audit.status === 'FAILURE' && audit.message !== undefined && (
        <p className={classes['message']}>{audit.message}</p>
      )}
      {withDiff && audit.diff !== undefined && audit.status === 'SUCCESS' && (
        <div className={classes['diff']}>
          <DiffView before={audit.diff.before} after={audit.diff.after} />
        </div>
      )}
    </li>
  );
}
