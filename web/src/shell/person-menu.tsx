import { Menu, SegmentedControl, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconBrandSlack, IconDotsVertical, IconKey, IconLogout } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { lazyDialog } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { savePreferences, sessionQuery, signOut } from '../api/session.ts';
import type { Person } from '../api/wire.ts';
import { currentLanguage, setLanguage, withWords, type Language } from '../i18n/i18n.ts';
import { Who } from '../ui/who.tsx';
import classes from './person-menu.module.css';

const loadCredentialsDialog = withWords(() => import('../settings/credentials-dialog.tsx'), 'settings');
const CredentialsDialog = lazyDialog(async () => ({ default: (await loadCredentialsDialog()).CredentialsDialog }));

export const fullName = (person: Person): string => `${person.firstName} ${person.lastName}`.trim() || person.email;

/** Preferences follow the person; a failure to store them costs nothing here and now. */
const remember = (preferences: Parameters<typeof savePreferences>[0]): void => {
  savePreferences(preferences).catch(() => undefined);
};

export function PersonMenu({ collapsed }: { readonly collapsed: boolean }) {
  const { t } = useTranslation('shell');
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [credentials, setCredentials] = useState(false);
  if (session === null || session === undefined) return null;
  const name = fullName(session.person);

  const leave = async (): Promise<void> => {
    await signOut(client);
    await navigate({ to: '/sign-in' });
  };

  return (
    <>
      <Menu position="right-end" width={260} offset={12}>
        <Menu.Target>
          <UnstyledButton className={classes['person']}>
            {/* The name stands beside the face, unless there is no room. */}
            <span aria-hidden={!collapsed}>
              <Who name={name} machine={false} compact size={28} />
            </span>
            {!collapsed && (
              <>
                <span className={classes['words']}>
                  <span className={classes['name']}>{name}</span>
                  <span className={classes['organisation']}>{session.organisation.name}</span>
                </span>
                <IconDotsVertical size={16} aria-hidden />
              </>
            )}
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{session.person.email}</Menu.Label>
          <Menu.Item leftSection={<IconKey size={16} />} onClick={() => setCredentials(true)}>
            {t('credentials')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconBrandSlack size={16} />}
            onClick={() => void navigate({ to: '/settings/$section', params: { section: 'slack' } })}
          >
            {t('slackAccount')}
          </Menu.Item>
          <Menu.Divider />
          <div className={classes['choice']}>
            <span id="theme-choice">{t('theme.label')}</span>
            <SegmentedControl
              size="xs"
              fullWidth
              aria-labelledby="theme-choice"
              value={colorScheme}
              data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: t(`theme.${value}`) }))}
              onChange={(value) => {
                setColorScheme(value as MantineColorScheme);
                remember({ theme: value });
              }}
            />
          </div>
          <div className={classes['choice']}>
            <span id="language-choice">{t('language')}</span>
            <SegmentedControl
              size="xs"
              fullWidth
              aria-labelledby="language-choice"
              value={currentLanguage()}
              data={[
                { value: 'en', label: 'English' },
                { value: 'zh-CN', label: '简体中文' },
              ]}
              onChange={(value) => {
                void setLanguage(value as Language);
                remember({ language: value });
              }}
            />
          </div>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
            {t('signOut')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>{credentials && <CredentialsDialog onClose={() => setCredentials(false)} />}</Suspense>
    </>
  );
}
