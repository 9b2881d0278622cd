import { IconCube, IconPencil, IconPlus, IconTrash, type Icon } from '@tabler/icons-react';
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

export function ChangeBadge({ action }: { readonly action: Audit['action'] }) {
  const { t } = useTranslation('runs');
  const { tone, icon } = looks[action];
  return (
    <StatusBadge tone={tone} icon={icon} size="sm">
      {t(`change.${action}`)}
    </StatusBadge>
  );
}

/** The entities a run created, changed or deleted, each with what differs. */
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
            <ChangeBadge action={audit.action} />
            <Link
              to="/catalog/$blueprint/$identifier"
              params={{ blueprint: audit.context['blueprint'] ?? '', identifier: audit.context['entity'] ?? '' }}
            >
              {audit.context['entity']}
            </Link>
            <span>{audit.context['blueprint']}</span>
            <RelativeTime at={audit.trigger.at} />
          </div>
          {audit.diff !== undefined && <DiffView before={audit.diff.before} after={audit.diff.after} />}
        </li>
      ))}
    </ul>
  );
}
