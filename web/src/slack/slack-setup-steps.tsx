import { SegmentedControl, Switch, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeView } from '../ui/code-view.tsx';
import { Identifier } from '../ui/identifier.tsx';
import { Panel } from '../ui/panel.tsx';
import type { SlackSetup } from './connection-api.ts';
import classes from './slack-section.module.css';

const steps = {
  manifest: ['1', '2', '3'],
  scratch: ['1', '2', '3', '4', '5', '6', '7'],
  after: ['1', '2', '3', '4'],
} as const;

/** How the Slack app is made: from a manifest that is ready, or by hand. */
export function SlackSetupSteps({ app }: Pick<SlackSetup, 'app'>) {
  const { t } = useTranslation('slackapp');
  const [format, setFormat] = useState<'yaml' | 'json'>('yaml');
  const [isSocket, setSocket] = useState(false);
  const manifest = isSocket ? app.socketManifest : app.manifest;
  return (
    <Panel title={t('setup.title')}>
      <Tabs defaultValue="manifest" keepMounted={false}>
        <Tabs.List mb={16}>
          <Tabs.Tab value="manifest">{t('setup.fromManifest')}</Tabs.Tab>
          <Tabs.Tab value="scratch">{t('setup.fromScratch')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="manifest">
          <Steps of="manifest" />
          <SegmentedControl
            size="xs"
            mb={8}
            aria-label={t('setup.format')}
            data={[
              { value: 'yaml', label: 'YAML' },
              { value: 'json', label: 'JSON' },
            ]}
            value={format}
            onChange={(next) => setFormat(next === 'json' ? 'json' : 'yaml')}
          />
          <Switch
            mb={12}
            label={t('setup.socket')}
            description={t('setup.socketHelp')}
            checked={isSocket}
            onChange={(event) => setSocket(event.currentTarget.checked)}
          />
          <CodeView value={manifest[format].trimEnd()} label={t('setup.manifestLabel')} maxHeight={420} />
        </Tabs.Panel>
        <Tabs.Panel value="scratch">
          <div className={classes['address']}>
            <span>{t('setup.requestUrl')}</span>
            <Identifier value={app.requestUrl} />
          </div>
          <div className={classes['address']}>
            <span>{t('setup.scopes')}</span>
            <div>
              {app.scopes.map((scope) => (
                <code key={scope} className={classes['scope']}>
                  {scope}
                </code>
              ))}
            </div>
          </div>
          <Steps of="scratch" />
        </Tabs.Panel>
      </Tabs>
      <h3 className={classes['after']}>{t('setup.afterTitle')}</h3>
      <Steps of="after" />
    </Panel>
  );
}

function Steps({ of }: { readonly of: keyof typeof steps }) {
  const { t } = useTranslation('slackapp');
  return (
    <ol className={classes['steps']}>
      {steps[of].map((step) => (
        <li key={step}>{t(`setup.${of}.${step}`)}</li>
      ))}
    </ol>
  );
}
