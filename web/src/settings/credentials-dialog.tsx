import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CredentialList } from './credential-list.tsx';

export function CredentialsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('settings');
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t('sections.credentials')}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <p style={{ marginBottom: 16, color: 'var(--q-text-2)' }}>{t('credentials.lead')}</p>
      <CredentialList />
    </Modal>
  );
}
