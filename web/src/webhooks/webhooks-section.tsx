import { Button } from '@mantine/core';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { webhooksQuery } from './api.ts';
import settings from '../settings/settings-page.module.css';
import classes from './webhooks.module.css';

/** Every address where other systems tell what happened. */
export function WebhooksSection() {
  const { t } = useTranslation('webhooks');
  const webhooks = useQuery(webhooksQuery);
  const add = (
    <Button component={Link} to="/settings/webhooks/new" leftSection={<IconPlus size={16} stroke={1.8} />}>
      {t('new')}
    </Button>
  );
  const found = webhooks.data ?? [];
  return (
    <div className={settings['part']}>
      <div className={settings['head']}>
        <p>{t('lead')}</p>
        {found.length > 0 && add}
      </div>
      {webhooks.isPending && <RowSkeletons rows={4} height={56} />}
      {webhooks.isError && <ErrorState error={webhooks.error} retry={webhooks.refetch} />}
      {webhooks.isSuccess && found.length === 0 && (
        <EmptyState icon={IconWebhook} title={t('empty')} action={add}>
          {t('emptyHelp')}
        </EmptyState>
      )}
      {found.length > 0 && (
        <Panel flush>
          <ul className={classes['list']}>
            {found.map(({ identifier, title, description, enabled, mappings = [], updatedAt }) => (
              <li key={identifier} data-off={!enabled || undefined}>
                <span className={classes['name']}>
                  <Link to="/settings/webhooks/$webhook" params={{ webhook: identifier }}>
                    {title}
                  </Link>
                  <small>{description ?? identifier}</small>
                </span>
                <span className={classes['targets']}>
                  {enabled
                    ? [...new Set(mappings.map(({ blueprint }) => blueprint))].join(', ') || t('noMappings')
                    : t('off')}
                </span>
                <RelativeTime at={updatedAt} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}
