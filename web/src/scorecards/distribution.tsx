import { useTranslation } from 'react-i18next';
import { colorName } from '../ui/chip.tsx';
import type { Summary } from './api.ts';
import classes from './distribution.module.css';

/** How many entities stand on each level: one bar, and the same in figures. */
export function Distribution({ levels }: { readonly levels: Summary['levels'] }) {
  const { t, i18n } = useTranslation('scorecards');
  const total = levels.reduce((sum, level) => sum + level.count, 0);
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 });
  if (total === 0) return <span style={{ color: 'var(--q-text-3)' }}>{t('noEntities')}</span>;
  return (
    <span className={classes['distribution']}>
      <span className={classes['bar']} aria-hidden>
        {levels
          .filter((level) => level.count > 0)
          .map((level) => (
            <span
              key={level.title}
              style={{ flexGrow: level.count, background: `var(--q-${colorName(level.color)}-mark)` }}
            />
          ))}
      </span>
      <span className={classes['legend']}>
        {levels.map((level) => (
          <span key={level.title} className={classes['level']}>
            <span
              className={classes['dot']}
              style={{ background: `var(--q-${colorName(level.color)}-mark)` }}
              aria-hidden
            />
            {level.title}
            <b>{level.count}</b>
            <small>{percent.format(level.count / total)}</small>
          </span>
        ))}
      </span>
    </span>
  );
}
