import { Button } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from '../table/table.module.css';

interface BulkBarProps {
  readonly count: number;
  /** Of the last stretch of rows, those that were not picked. */
  readonly left: number;
  readonly whole: number;
  readonly mayEdit: boolean;
  readonly mayDelete: boolean;
  readonly onAll: () => void;
  readonly onNone: () => void;
  readonly onBulk: (kind: 'edit' | 'delete') => void;
}

/** What can be done with all rows that are picked. */
export function BulkBar({ count, left, whole, mayEdit, mayDelete, onAll, onNone, onBulk }: BulkBarProps) {
  const { t } = useTranslation('table');
  return (
    <div className={classes['picked']} role="region" aria-label={t('bulk.bar')}>
      <strong role="status">{t('bulk.picked', { count })}</strong>
      {left > 0 && count < whole && <span role="alert">{t('bulk.left', { count: left })}</span>}
      {count < whole && (
        <Button size="compact-sm" variant="subtle" onClick={onAll}>
          {t('bulk.all', { count: whole })}
        </Button>
      )}
      {mayEdit && (
        <Button size="compact-sm" variant="light" leftSection={<IconPencil size={15} />} onClick={() => onBulk('edit')}>
          {t('bulk.edit')}
        </Button>
      )}
      {mayDelete && (
        <Button
          size="compact-sm"
          variant="light"
          color="red"
          leftSection={<IconTrash size={15} />}
          onClick={() => onBulk('delete')}
        >
          {t('bulk.delete')}
        </Button>
      )}
      <Button size="compact-sm" variant="subtle" onClick={onNone}>
        {t('bulk.none')}
      </Button>
    </div>
  );
}
