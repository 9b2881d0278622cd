import { Button, Skeleton, Stack } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconPlugConnectedX, type Icon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isOffline, isProblem } from '../api/problem.ts';
import { Identifier } from './identifier.tsx';
import { useRefusalWords } from './refusal-words.ts';
import classes from './states.module.css';

interface EmptyStateProps {
  readonly icon: Icon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** It is all there is on the page, so its title is the page's. */
  readonly page?: boolean;
}

/** Says what would stand here and offers the one next step. */
export function EmptyState({ icon: Mark, title, children, action, page = false }: EmptyStateProps) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div className={classes['state']}>
      <span className={classes['mark']} aria-hidden>
        <Mark size={22} stroke={1.6} />
      </span>
      <Heading>{title}</Heading>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

/** The message of an error in words a person can use. */
export function useErrorWords(): (error: unknown) => string {
  const { t } = useTranslation();
  const refused = useRefusalWords();
  return (error) => {
    if (isOffline(error)) return t('error.offline');
    return (isProblem(error) && refused(error)) || t('error.unknown');
  };
}

interface ErrorStateProps {
  readonly error: unknown;
  readonly retry?: () => unknown;
  readonly page?: boolean;
}

/** A failure in words, with the request id to quote and a way to try again. */
export function ErrorState({ error, retry, page = false }: ErrorStateProps) {
  const Heading = page ? 'h1' : 'h2';
  const { t } = useTranslation();
  const words = useErrorWords();
  const denied = isProblem(error) && error.status === 403;
  const missing = isProblem(error) && error.status === 404;
  const Mark = denied ? IconLock : isOffline(error) ? IconPlugConnectedX : IconAlertTriangle;
  const title = denied ? t('error.deniedTitle') : missing ? t('error.missingTitle') : t('error.title');
  return (
    <div className={classes['state']} role="alert" data-tone={denied || missing ? 'mute' : 'bad'}>
      <span className={classes['mark']} aria-hidden>
        <Mark size={22} stroke={1.6} />
      </span>
      <Heading>{title}</Heading>
      <p>{words(error)}</p>
      {denied && <p>{t('error.deniedHelp')}</p>}
      {isProblem(error) && error.requestId !== undefined && (
        <p className={classes['request']}>
          {t('error.request')} <Identifier value={error.requestId} />
        </p>
      )}
      {page && missing && (
        <Button component={Link} to="/" variant="default">
          {t('error.home')}
        </Button>
      )}
      {retry !== undefined && !missing && (
        <Button variant="default" onClick={() => void retry()}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
}

/** Rows in the shape of a list that is on its way. */
export function RowSkeletons({ rows = 8, height = 40 }: { readonly rows?: number; readonly height?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap={8} role="status" aria-label={t('loading')} data-pending>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} radius={6} />
      ))}
    </Stack>
  );
}
