import { Tabs } from '@mantine/core';
import {
  IconBroadcast,
  IconBrandSlack,
  IconKey,
  IconPlug,
  IconRobot,
  IconSettings,
  IconUser,
  IconUsers,
  IconWebhook,
  type Icon,
} from '@tabler/icons-react';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../ui/page.tsx';
import { AccountsSection } from './accounts-section.tsx';
import { CredentialsSection } from './credentials-section.tsx';
import { StreamsSection } from '../deliveries/streams-section.tsx';
import { SlackSection } from '../slack/slack-section.tsx';
import { WebhooksSection } from '../webhooks/webhooks-section.tsx';
import { IntegrationsSection } from './integrations-section.tsx';
import { PeopleSection } from './people-section.tsx';
import classes from './settings-page.module.css';
import { TeamsSection } from './teams-section.tsx';

const sections: readonly (readonly [name: string, icon: Icon, section: ComponentType])[] = [
  ['people', IconUser, PeopleSection],
  ['teams', IconUsers, TeamsSection],
  ['accounts', IconRobot, AccountsSection],
  ['credentials', IconKey, CredentialsSection],
  ['integrations', IconPlug, IntegrationsSection],
  ['webhooks', IconWebhook, WebhooksSection],
  ['streams', IconBroadcast, StreamsSection],
  ['slack', IconBrandSlack, SlackSection],
];

/** On a phone the tabs are wider than the screen: the one that is open is seen. */
function reveal(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

export function SettingsPage() {
  const { t } = useTranslation('settings');
  const { section } = useParams({ from: '/app/settings/$section' });
  const navigate = useNavigate();
  const value = sections.some(([name]) => name === section) ? section : 'people';
  return (
    <Page title={t('title')} icon={<IconSettings size={20} stroke={1.6} />} width="reading">
      <Tabs
        value={value}
        onChange={(next) =>
          void navigate({ to: '/settings/$section', params: { section: next ?? 'people' }, replace: true })
        }
        keepMounted={false}
      >
        <Tabs.List className={classes['tabs'] ?? ''}>
          {sections.map(([name, Mark]) => (
            <Tabs.Tab
              key={name}
              ref={name === value ? reveal : null}
              value={name}
              leftSection={<Mark size={16} stroke={1.6} />}
            >
              {t(`sections.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {sections.map(([name, , Section]) => (
          <Tabs.Panel key={name} value={name}>
            <Section />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
