import { IconCircleCheck, IconCircleDashed, IconFlask } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SlackMark } from '../ui/icon.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { StatusBadge } from '../ui/status-badge.tsx';
import { integrationsQuery } from './api.ts';
import { ConnectionsSection } from './connections-section.tsx';
import classes from './settings-page.module.css';

export function IntegrationsSection() {
  const { t } = useTranslation('settings');
  const integrations = useQuery(integrationsQuery);
  if (integrations.isPending) return <RowSkeletons rows={2} height={96} />;
  if (integrations.isError) return <ErrorState error={integrations.error} retry={integrations.refetch} />;
  const { slack } = integrations.data;
  return (
    <div className={classes['part']}>
      <div className={classes['head']}>
        <p>{t('integrations.lead')}</p>
      </div>
      <Integration name="Slack" icon={<SlackMark size={20} />} configured={slack.configured} emulated={slack.emulated}>
        {slack.emulated ? t('integrations.slackEmulated') : t(`integrations.slack.${slack.mode}`)}
      </Integration>
      <ConnectionsSection />
    </div>
  );
}

interface IntegrationProps {
  readonly name: string;
  readonly icon: ReactNode;
  readonly configured: boolean;
  readonly emulated: boolean;
  readonly children: ReactNode;
}

function Integration({ name, icon, configured, emulated, children }: IntegrationProps) {
  const { t } = useTranslation('settings');
  const look = emulated
    ? ({ tone: 'warn', icon: IconFlask, word: 'emulated' } as const)
    : configured
      ? ({ tone: 'good', icon: IconCircleCheck, word: 'connected' } as const)
      : ({ tone: 'mute', icon: IconCircleDashed, word: 'notConnected' } as const);
  return (
    <Panel>
      <div className={classes['integration']}>
        <span className={classes['mark']}>{icon}</span>
        <div>
          <h2>{name}</h2>
          <p>{children}</p>
        </div>
        <StatusBadge tone={look.tone} icon={look.icon}>
          {t(`integrations.${look.word}`)}
        </StatusBadge>
      </div>
    </Panel>
  );
}
