import { Button, Group, Modal, SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StoredAction } from '../action-document.ts';
import { CodeView } from '../../ui/code-view.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { theirChanges, withTheirs } from './changes.ts';
import classes from './conflict-dialog.module.css';
import { baseOf } from './draft-store.ts';
import { pathText } from './paths.ts';
import { useEditor } from './use-action-editor.ts';

/** Somebody else saved meanwhile: what they changed, one by one, to be taken or not. */
export function ConflictDialog({ theirs }: { readonly theirs: StoredAction }) {
  const { t } = useTranslation('action-editor');
  const editor = useEditor();
  const { edited, base } = editor;
  const changes = theirChanges(base?.document, edited.document, theirs.document);
  const [decided, setDecided] = useState<Readonly<Record<string, string>>>({});
  const choiceOf = (change: (typeof changes)[number]): string =>
    decided[pathText(change.path)] ?? (change.contested ? 'mine' : 'theirs');
  const close = (): void => editor.showTheirs(undefined);
  const permissions = base?.permissions ?? edited.permissions;
  const save = (): void => {
    const taken = changes.filter((change) => choiceOf(change) === 'theirs');
    const next = { ...edited, document: withTheirs(edited.document, taken) };
    const newBase = baseOf(theirs, permissions);
    editor.setEdited(next);
    editor.setBase(newBase);
    close();
    editor.save({ edited: next, base: newBase });
  };
  const takeAll = (): void => {
    editor.setBase(baseOf(theirs, permissions));
    editor.setEdited({ ...edited, document: theirs.document });
    close();
  };
  return (
    <Modal
      opened
      size={720}
      onClose={close}
      title={t('conflict.title')}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <Stack gap={16}>
        <p>
          {t('conflict.lead')} {theirs.updatedAt !== undefined && <RelativeTime at={theirs.updatedAt} />}
        </p>
        {changes.length === 0 && <p>{t('conflict.same')}</p>}
        <ul className={classes['changes']}>
          {changes.map((change) => (
            <li key={pathText(change.path)}>
              <div className={classes['head']}>
                <code>{pathText(change.path)}</code>
                <SegmentedControl
                  size="xs"
                  aria-label={pathText(change.path)}
                  value={choiceOf(change)}
                  data={['theirs', 'mine'].map((one) => ({ value: one, label: t(`conflict.${one}`) }))}
                  onChange={(next) => setDecided({ ...decided, [pathText(change.path)]: next })}
                />
              </div>
              <div className={classes['values']}>
                <Value label={t('conflict.theirs')} value={change.after} />
                <Value label={t('conflict.before')} value={change.before} />
              </div>
            </li>
          ))}
        </ul>
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={close}>
            {t('conflict.later')}
          </Button>
          <Button variant="default" onClick={takeAll}>
            {t('conflict.takeAll')}
          </Button>
          <Button onClick={save}>{t('conflict.save')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Value({ label, value }: { readonly label: string; readonly value: unknown }) {
  const { t } = useTranslation('action-editor');
  return (
    <div>
      <small>{label}</small>
      {value === undefined ? <p>{t('conflict.nothing')}</p> : <CodeView value={value} label={label} maxHeight={140} />}
    </div>
  );
}
