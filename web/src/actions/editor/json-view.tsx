import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonNote } from '../../ui/json-editor.tsx';
import type { ActionDocument } from '../action-document.ts';
import { JsonBlock } from './fields.tsx';
import { completeDefinition } from './json-words.ts';
import { isPlain } from './paths.ts';
import type { ActionPermissions } from './permissions.ts';
import { type EditorTab, tabOf } from './placed-errors.ts';
import { useEditor } from './use-action-editor.ts';

const HEIGHT = 640;

/** The definition as text, both ways: what is typed here stands in the tabs at once. */
export function JsonView({ tab }: { readonly tab: EditorTab }) {
  const { t } = useTranslation('action-editor');
  const editor = useEditor();
  const { errors } = editor;
  const { warnings } = editor.checks;
  const permissions = tab === 'permissions';
  const path = [permissions ? 'permissions' : 'document'];
  const notes = useMemo(
    (): readonly JsonNote[] => [
      ...errors.filter((error) => (tabOf(error.path) === 'permissions') === permissions),
      ...(permissions ? [] : warnings.map((one): JsonNote => ({ ...one, severity: 'warning' }))),
    ],
    [errors, warnings, permissions],
  );
  return (
    <JsonBlock
      key={path[0]}
      label={t(permissions ? 'json.permissions' : 'json.document')}
      help={t('json.help')}
      value={permissions ? editor.edited.permissions : editor.edited.document}
      errors={notes}
      brokenText={editor.broken[path[0] ?? '']}
      onBroken={(text) => editor.setBroken(path, text)}
      accepts={permissions ? isPermissions : isPlain}
      onChange={(value) =>
        permissions ? editor.setPermissions(value as ActionPermissions) : editor.setDocument(value as ActionDocument)
      }
      maxHeight={HEIGHT}
      {...(permissions ? {} : { complete: completeDefinition })}
    />
  );
}

const isPermissions = (value: unknown): boolean =>
  isPlain(value) && isPlain(value['execute']) && isPlain(value['approve']);
