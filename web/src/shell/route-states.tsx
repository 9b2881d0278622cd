import { Button } from '@mantine/core';
import { IconCompass } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './route-states.module.css';
import { NewVersion } from '../ui/lazy-part.tsx';
import { isMissingPart } from '../ui/missing-part.ts';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';

export function NotFound() {
  const { t } = useTranslation('shell');
  return (
    <main>
      <EmptyState
        page
        icon={IconCompass}
        title={t('notFound.title')}
        action={
          <Button component={Link} to="/" variant="default">
            {t('notFound.home')}
          </Button>
        }
      >
        {t('notFound.words')}
      </EmptyState>
    </main>
  );
}

export function RouteError({ error, reset }: { readonly error: unknown; readonly reset?: () => void }) {
  if (isMissingPart(error)) return <NewVersion />;
  return <ErrorState page error={error} {...(reset === undefined ? {} : { retry: reset })} />;
}

/** The frame in outline, while the session and the shell are on their way. */
export function ShellPending() {
  return (
    <div style={{ display: 'flex', height: '100%' }}>
      <div className={classes['rail']} />
      <div style={{ flex: 1 }}>
        <RoutePending />
      </div>
    </div>
  );
}

export function RoutePending() {
  return (
    <div style={{ maxWidth: 1440, margin: '0 auto', padding: 32 }}>
      <RowSkeletons rows={6} height={52} />
    </div>
  );
}
