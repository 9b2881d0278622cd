import { useTranslation } from 'react-i18next';
import classes from './data-table.module.css';

/** Rows that somebody chose to do something with all of them. */
export interface Picking {
  readonly isPicked: (key: string) => boolean;
  /** With `range`: all from the row that was picked before to this one. */
  readonly onPick: (index: number, how: { readonly range: boolean }) => void;
  readonly whole: 'none' | 'some' | 'all';
  readonly onWhole: () => void;
}

interface RowPickProps {
  readonly picking: Picking;
  readonly index: number;
  readonly picked: boolean;
  readonly title: string;
}

export function RowPick({ picking, index, picked, title }: RowPickProps) {
  const { t } = useTranslation();
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      className={classes['pick']}
      aria-label={t('table.pick', { row: title })}
      checked={picked}
      onChange={() => undefined}
      onClick={(event) => picking.onPick(index, { range: event.shiftKey })}
    />
  );
}

/** Picks whatever matches, or lets go of it. */
export function WholePick({ picking }: { readonly picking: Picking }) {
  const { t } = useTranslation();
  return (
    <input
      ref={(box) => {
        if (box !== null) box.indeterminate = picking.whole === 'some';
      }}
      type="checkbox"
      className={classes['pick']}
      aria-label={t('table.pickAll')}
      checked={picking.whole === 'all'}
      onChange={picking.onWhole}
    />
  );
}
