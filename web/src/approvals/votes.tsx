import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import type { Vote } from './api.ts';
import classes from './approval-details.module.css';
import { ApprovalSection } from './approval-section.tsx';

export function Votes({ votes }: { readonly votes: readonly Vote[] }) {
  const { t } = useTranslation('approvals');
  return (
    <ApprovalSection title={t('votes.title')}>
      <ul>
        {votes.map((vote) => (
          <li key={vote.by.id} className={classes['vote']}>
            <div className={classes['line']}>
              <Who name={vote.by.name} machine={vote.by.email === null} />
              <strong>{t(`votes.${vote.verdict}`)}</strong>
              {vote.onBehalfOf.length > 0 && <span>{t('votes.behalf', { count: vote.onBehalfOf.length })}</span>}
              <span>{t(`votes.through.${vote.through}`)}</span>
              <RelativeTime at={vote.at} />
            </div>
            {vote.comment !== null && <p className={classes['comment']}>{vote.comment}</p>}
          </li>
        ))}
      </ul>
    </ApprovalSection>
  );
}
