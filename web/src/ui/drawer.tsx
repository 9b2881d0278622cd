import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './drawer.module.css';

interface DrawerProps {
  readonly label: string;
  readonly head: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Details at the right, over a list that stays usable: no overlay, focus stays where it is, Esc closes. */
export function Drawer({ label, head, onClose, children }: DrawerProps) {
  const { t } = useTranslation();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <aside className={classes['drawer']} aria-label={label}>
      <header>
        <div className={classes['head']}>{head}</div>
        <ActionIcon onClick={onClose} aria-label={t('close')}>
          <IconX size={18} />
        </ActionIcon>
      </header>
      <div className={classes['body']}>{children}</div>
    </aside>
  );
}
