import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import classes from './approval-count.module.css';
import { approvalCountQuery } from './api.ts';

const MOST = 99;

/** How many approvals wait for the reader, in the rail; nothing when none does. */
export function ApprovalCount({ compact }: { readonly compact: boolean }) {
  const { t } = useTranslation('approvals');
  const { data: count = 0 } = useQuery(approvalCountQuery);
  if (count === 0) return null;
  return (
    <span className={classes['count']} data-compact={compact || undefined}>
      <span aria-hidden>{count > MOST ? `${MOST}+` : count}</span>
      <span className="visually-hidden">{t('count', { count })}</span>
    </span>
  );
}
