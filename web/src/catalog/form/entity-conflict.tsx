import { useTranslation } from 'react-i18next';
import type { Path } from '../../actions/editor/paths.ts';
import type { Blueprint } from '../../api/wire.ts';
import { ConflictDialog, conflictWords } from '../../ui/conflict-dialog.tsx';
import type { Conflict, EntityForm } from './use-entity-form.ts';

/** What a place in an entity is called. */
export function placeTitle(blueprint: Blueprint, path: Path, own: (key: string) => string): string {
  const [kind, key = ''] = path.map(String);
  if (kind === 'properties') return blueprint.schema.properties[key]?.title ?? key;
  if (kind === 'relations') return blueprint.relations[key]?.title ?? key;
  return own(kind ?? '');
}

/** Somebody else changed the same fields while the form was open. */
export function EntityConflict({ form, conflict }: { readonly form: EntityForm; readonly conflict: Conflict }) {
  const { t } = useTranslation('entity-form');
  const own = (key: string): string => t(`own.${key}`, { defaultValue: key });
  return (
    <ConflictDialog
      lead={t('conflict.lead')}
      changes={conflict.changes.map((change) => ({
        ...change,
        key: change.path.join('.'),
        label: <strong>{placeTitle(form.blueprint, change.path, own)}</strong>,
      }))}
      words={conflictWords(t)}
      onClose={form.decideLater}
      onTakeAll={() => form.takeTheirs(conflict)}
      onSave={(taken) => form.saveWith(conflict, taken)}
    />
  );
}
