import { useTranslation } from 'react-i18next';
import { Panel } from '../ui/panel.tsx';
import { CredentialList } from './credential-list.tsx';
import classes from './settings-page.module.css';

export function CredentialsSection() {
  const { t } = useTranslation('settings');
  return (
    <div className={classes['part']}>
      <div className={classes['head']}>
        <p>{t('credentials.lead')}</p>
      </div>
      <Panel>
        <CredentialList />
      </Panel>
    </div>
  );
}
