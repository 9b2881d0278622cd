import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import type { ApprovalDetail } from './api.ts';
import classes from './approval-details.module.css';
import { ApprovalSection } from './approval-section.tsx';
import { quorumLines } from './quorum-words.ts';

const SHOWN = 12;

/** Who may still decide, how many of them it takes, and since when they are asked. */
export function Deciders({ approval }: { readonly approval: ApprovalDetail }) {
  const { t } = useTranslation('approvals');
  const { mayStillDecide, mayStillDecideCount, quorum, progress } = approval;
  const shown = mayStillDecide.slice(0, SHOWN);
  const kind = typeof quorum === 'string' ? quorum : 'count' in quorum ? 'count' : 'groups';
  return (
    <ApprovalSection title={t('who.title')}>
      {shown.length === 0 ? (
        <p>{t('who.nobody')}</p>
      ) : (
        <ul className={classes['people']}>
          {shown.map((person) => (
            <li key={person.id}>
              <Who name={person.name} machine={false} />
            </li>
          ))}
          {mayStillDecideCount > shown.length && (
            <li className={classes['quiet']}>{t('who.more', { count: mayStillDecideCount - shown.length })}</li>
          )}
        </ul>
      )}
      <p className={classes['quiet']}>
        {t(`who.${kind}`, { count: typeof quorum === 'object' && 'count' in quorum ? quorum.count : 0 })}
        {kind !== 'any' &&
          kind !== 'groups' &&
          progress.map(({ approved, needed }) => ` ${t('who.progress', { approved, needed })}`)}
      </p>
      {kind === 'groups' && (
        <ul className={classes['quiet']}>
          {quorumLines(approval).map(({ group, approved, needed, waiting }) => (
            <li key={group}>
              {t('who.group', { group, approved, needed })}
              {waiting.length > 0 && ` · ${waiting.join(', ')}`}
            </li>
          ))}
        </ul>
      )}
      <p className={classes['quiet']}>
        {t('who.since')} <RelativeTime at={approval.requestedAt} />
        {approval.timeout !== null && (
          <>
            {' · '}
            {t('until')} <RelativeTime at={approval.timeout.at} />
          </>
        )}
        {approval.escalatedAt !== null && (
          <>
            {' · '}
            {t('who.escalated')} <RelativeTime at={approval.escalatedAt} />
          </>
        )}
      </p>
    </ApprovalSection>
  );
}
