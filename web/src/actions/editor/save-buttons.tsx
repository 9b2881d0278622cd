import { Button, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Chip } from '../../ui/chip.tsx';
import { withValue } from './paths.ts';
import classes from './editor.module.css';
import { identifierOf, useEditor } from './use-action-editor.ts';

/** Saving as a draft keeps an action from everybody else; publishing offers it. */
export function SaveButtons() {
  const { t } = useTranslation('action-editor');
  const editor = useEditor();
  const { edited, base, dirty, pending } = editor;
  const draft = edited.document['publish'] === false;
  const broken = Object.keys(editor.broken).length > 0;
  const unnamed = identifierOf(edited.document) === '';
  const blocked = broken || unnamed;
  const why = broken ? t('save.broken') : unnamed ? t('save.unnamed') : t('save.keys');
  const saveAs = (publish: boolean): void => {
    const next = { ...edited, document: withValue(edited.document, ['publish'], publish) };
    editor.setEdited(next);
    editor.save({ edited: next });
  };
  const fresh = base === null;
  return (
    <>
      <span className={classes['state']} role="status">
        {draft && !fresh && <Chip color="yellow">{t('draft')}</Chip>}
        {dirty && <span>{t('unsaved')}</span>}
      </span>
      {(fresh || draft) && (
        <Button
          variant="default"
          disabled={blocked || (!fresh && !dirty)}
          loading={pending && draft}
          onClick={() => saveAs(false)}
        >
          {t('save.draft')}
        </Button>
      )}
      <Tooltip label={why}>
        <Button
          disabled={blocked || (!fresh && !draft && !dirty)}
          loading={pending && !draft}
          onClick={() => (fresh || draft ? saveAs(true) : editor.save())}
        >
          {t(fresh ? 'save.create' : draft ? 'save.publish' : 'save.save')}
        </Button>
      </Tooltip>
    </>
  );
}
