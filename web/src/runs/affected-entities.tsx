import { IconCircleX, IconCube, IconPencil, IconPlus, IconTrash, type Icon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Audit } from '../api/wire.ts';
import { DiffView } from '../ui/diff-view.tsx';
import { EmptyState } from '../ui/states.tsx';
import { StatusBadge, type Tone } from '../ui/status-badge.tsx';
import { RelativeTime } from '../ui/time.tsx';
import classes from './affected-entities.module.css';

const looks: Readonly<Record<Audit['action'], { tone: Tone; icon: Icon }>> = {
  CREATE: { tone: 'good', icon: IconPlus },
  UPDATE: { tone: 'busy', icon: IconPencil },
  DELETE: { tone: 'bad', icon: IconTrash },
};

/** A change of an entity in one sentence, for the log stream. */
export function useChangeWords(): (audit: Audit) => string {
  const { t } = useTranslation('run-tools');
  return ({ action, status, context, message = '' }) =>
    t(`entity.${status === 'FAILURE' ? 'refused' : action}`, {
      entity: context['entity'] ?? '',
      blueprint: context['blueprint'] ?? '',
      message,
    });
}

export function ChangeBadge({ action }: { readonly action: Audit['action'] }) {
  const { t } = useTranslation('runs');
  const { tone, icon } = looks[action];
  return (
    <StatusBadge tone={tone} icon={icon} size="sm">
      {t(`change.${action}`)}
    </StatusBadge>
  );
}

function RefusedBadge() {
  const { t } = useTranslation('run-tools');
  return (
    <StatusBadge tone="bad" icon={IconCircleX} size="sm">
      {t('refused')}
    </StatusBadge>
  );
}

/** The entities a run created, changed or deleted, each with what differs, and those it was refused, each with the reason. */
export function AffectedEntities({ audits }: { readonly audits: readonly Audit[] }) {
  const { t } = useTranslation('runs');
  if (audits.length === 0) {
    return (
      <EmptyState icon={IconCube} title={t('affected.none')}>
        {t('affected.noneHelp')}
      </EmptyState>
    );
  }
  return (
    <ul className={classes['list']}>
      {audits.map((audit) => (
        <li key={audit.identifier}>
          <div className={classes['head']}>
            {audit.status === 'FAILURE' ? <RefusedBadge /> : <ChangeBadge action={audit.action} />}
            <Link
              to="/catalog/$blueprint/$identifier"
              params={{ blueprint: audit.context['blueprint'] ?? '', identifier: audit.context['entity'] ?? '' }}
            >
              {audit.context['entity']}
            </Link>
            <span>{audit.context['blueprint']}</span>
            <RelativeTime at={audit.trigger.at} />
          </div>
          {audit.status === 'FAILURE' && <p className={classes['reason']}>{audit.message}</p>}
          {audit.status === 'SUCCESS' && audit.diff !== undefined && (
            <DiffView before={audit.diff.before} after={audit.diff.after} />
          )}
        </li>
      ))}
    </ul>
  );
}
