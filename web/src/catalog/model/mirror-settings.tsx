import { useTranslation } from 'react-i18next';
import { textAt } from './blueprint-edits.ts';
import classes from './builder.module.css';
import type { FieldPart } from './fields-tab.tsx';
import { isWholePath, PathPicker } from './path-picker.tsx';

/** Which property of what related entity is shown here. */
export function MirrorSettings({ definition, set, errorOf }: FieldPart) {
  const { t } = useTranslation('data-model');
  return (
    <>
      <p className={classes['help']}>{t('oneHelp.mirror')}</p>
      <PathPicker
        label={t('mirror.path')}
        value={textAt(definition, 'path')}
        error={errorOf('path')}
        onChange={(path) => set('path', path)}
      />
      {!isWholePath(definition) && <p className={classes['help']}>{t('mirror.unfinished')}</p>}
    </>
  );
}
