import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../../api/wire.ts';
import { blueprintsQuery } from '../api.ts';
import { schemaAt } from '../mirror-schema.ts';
import { recordAt, textAt } from './blueprint-edits.ts';
import classes from './builder.module.css';
import type { FieldPart } from './fields-tab.tsx';
import { useEditor } from './use-blueprint-editor.ts';
import { DerivedPreview } from './derived-preview.tsx';
import { isWholePath, PathPicker } from './path-picker.tsx';

/** Which property of what related entity is shown here. */
export function MirrorSettings({ definition, set, errorOf }: FieldPart) {
  const { t } = useTranslation('data-model');
  const { draft } = useEditor();
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const path = textAt(definition, 'path');
  return (
    <>
      <p className={classes['help']}>{t('oneHelp.mirror')}</p>
      <PathPicker
        label={t('mirror.path')}
        value={path}
        error={errorOf('path')}
        onChange={(next) => set('path', next)}
      />
      {!isWholePath(definition) && <p className={classes['help']}>{t('mirror.unfinished')}</p>}
      <DerivedPreview
        kind="mirror"
        definition={{ path }}
        ready={isWholePath(definition)}
        schema={schemaAt(path, recordAt(draft, ['relations']) as unknown as Blueprint['relations'], blueprints)}
      />
    </>
  );
}
