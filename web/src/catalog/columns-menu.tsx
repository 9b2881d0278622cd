import { ActionIcon, Button, Checkbox, Popover } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './columns-menu.module.css';

interface ColumnsMenuProps {
  readonly columns: readonly { readonly key: string; readonly title: string; readonly hidden: boolean }[];
  readonly onChange: (key: string, change: { readonly hidden?: boolean; readonly move?: -1 | 1 }) => void;
  readonly pinned: boolean;
  readonly onPinned: (pinned: boolean) => void;
  readonly onReset: () => void;
}

/** Which columns are shown, and in which order. The first one names the row and stays. */
export function ColumnsMenu({ columns, onChange, pinned, onPinned, onReset }: ColumnsMenuProps) {
  const { t } = useTranslation('table');
  return (
    <Popover position="bottom-end" shadow="md" width={320} trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} />}>
          {t('columns.button')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8} aria-label={t('columns.button')}>
        <ul className={classes['list']}>
          {columns.map(({ key, title, hidden }, index) => (
            <li key={key}>
              <Checkbox
                size="xs"
                label={title}
                checked={!hidden}
                disabled={index === 0}
                onChange={(event) => onChange(key, { hidden: !event.currentTarget.checked })}
              />
              <span className={classes['moves']}>
                <ActionIcon
                  variant="subtle"
                  size="sm"
                  disabled={index <= 1}
                  aria-label={t('columns.up', { column: title })}
                  onClick={() => onChange(key, { move: -1 })}
                >
                  <IconArrowUp size={14} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  size="sm"
                  disabled={index === 0 || index === columns.length - 1}
                  aria-label={t('columns.down', { column: title })}
                  onClick={() => onChange(key, { move: 1 })}
                >
                  <IconArrowDown size={14} />
                </ActionIcon>
              </span>
            </li>
          ))}
        </ul>
        <Checkbox
          size="xs"
          p={6}
          label={t('columns.pinned')}
          checked={pinned}
          onChange={(event) => onPinned(event.currentTarget.checked)}
        />
        <Button variant="subtle" size="compact-sm" onClick={onReset}>
          {t('columns.reset')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
