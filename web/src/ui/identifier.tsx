import { Tooltip, UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './identifier.module.css';

/** An identifier in mono; a click copies it. */
export function Identifier({ value }: { readonly value: string }) {
  const { t } = useTranslation();
  const { copied, copy } = useClipboard({ timeout: 1200 });
  const Mark = copied ? IconCheck : IconCopy;
  return (
    <Tooltip label={copied ? t('copied') : t('copy')}>
      <UnstyledButton
        className={classes['identifier']}
        onClick={() => copy(value)}
        aria-label={t('copyValue', { value })}
      >
        <code>{value}</code>
        <Mark size={13} aria-hidden />
      </UnstyledButton>
    </Tooltip>
  );
}
