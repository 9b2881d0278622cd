import { Alert, Skeleton } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../api/problem.ts';
import { useErrorWords } from '../ui/states.tsx';
import { permissionCheckQuery } from './api.ts';

interface NotOfferedProps {
  readonly action: string;
  readonly entity: string | undefined;
  readonly onClose: () => void;
}

/** Somebody followed a link to an action that is not offered to them: says why nothing opens. */
export function NotOffered({ action, entity, onClose }: NotOfferedProps) {
  const { t } = useTranslation('self-service');
  const words = useErrorWords();
  const check = useQuery(permissionCheckQuery(action, entity));
  if (check.isPending) return <Skeleton height={72} />;
  const missing = isProblem(check.error) && check.error.status === 404;
  const why = check.isError ? undefined : check.data.policy === null ? 'byNames' : 'byPolicy';
  return (
    <Alert
      color={missing ? 'gray' : 'yellow'}
      icon={<IconLock size={18} />}
      title={t(missing ? 'notOffered.missing' : 'notOffered.title', { action })}
      withCloseButton
      closeButtonLabel={t('notOffered.close')}
      onClose={onClose}
      role="alert"
    >
      {why === undefined ? (missing ? t('notOffered.missingHelp') : words(check.error)) : t(`notOffered.${why}`)}
    </Alert>
  );
}
