import { useTranslation } from 'react-i18next';
import type { StoredAction } from '../action-document.ts';
import { ConflictDialog as Dialog, conflictWords } from '../../ui/conflict-dialog.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { theirChanges, withTheirs } from './changes.ts';
import { baseOf, grantedOf } from './draft-store.ts';
import { pathText } from './paths.ts';
import { useEditor } from './use-action-editor.ts';

/** Somebody else saved the action meanwhile. */
export function ConflictDialog({ theirs }: { readonly theirs: StoredAction }) {
  const { t } = useTranslation('action-editor');
  const editor = useEditor();
  const { edited, base } = editor;
  const changes = theirChanges(base?.document, edited.document, theirs.document);
  const close = (): void => editor.showTheirs(undefined);
  const granted = base === null ? edited : grantedOf(base);
  return (
    <Dialog
      lead={
        <>
          {t('conflict.lead')} {theirs.updatedAt !== undefined && <RelativeTime at={theirs.updatedAt} />}
        </>
      }
      changes={changes.map((change) => {
        const key = pathText(change.path);
        return { ...change, key, label: <code>{key}</code> };
      })}
      words={conflictWords(t)}
      onClose={close}
      onTakeAll={() => {
        editor.setBase(baseOf(theirs, granted));
        editor.setEdited({ ...edited, document: theirs.document });
        close();
      }}
      onSave={(taken) => {
        const theirsToo = changes.filter(({ path }) => taken.includes(pathText(path)));
        const next = { ...edited, document: withTheirs(edited.document, theirsToo) };
        const newBase = baseOf(theirs, granted);
        editor.setEdited(next);
        editor.setBase(newBase);
        close();
        editor.save({ edited: next, base: newBase });
      }}
    />
  );
}
