import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconPicker } from '../../actions/editor/icon-picker.tsx';
import { DangerButton } from '../../ui/danger-button.tsx';
import { faultAt, freeKey, keyFrom, nameOf, pathOf, renamedField, textAt } from './blueprint-edits.ts';
import classes from './builder.module.css';
import type { FieldPart } from './fields-tab.tsx';
import { hasRename, valueCountQuery } from './model-api.ts';
import { RenameDialog } from './rename-dialog.tsx';
import { useEditor } from './use-blueprint-editor.ts';

interface FieldHeadProps extends FieldPart {
  readonly onChoose: (name: string | undefined) => void;
}

/** What every field has: a title, a key, a description, an icon; and the way out. */
export function FieldHead({ field, definition, set, errorOf, onChoose }: FieldHeadProps) {
  const { t } = useTranslation('data-model');
  const editor = useEditor();
  const stored = editor.isStored(field);
  const title = textAt(definition, 'title');
  const remove = (): void => {
    editor.setField(field, undefined);
    onChoose(undefined);
  };
  return (
    <>
      <div className={classes['panelHead']}>
        <h2>{title || field.key}</h2>
        {stored && field.kind === 'property' ? (
          <RemoveStored name={field.key} onRemove={remove} />
        ) : (
          <Button size="xs" variant="subtle" color="red" leftSection={<IconTrash size={15} />} onClick={remove}>
            {t('field.remove')}
          </Button>
        )}
      </div>
      {errorOf('') === undefined && faultAt(editor.faults, pathOf(field)) !== undefined && (
        <Alert color="red" role="alert">
          {faultAt(editor.faults, pathOf(field))}
        </Alert>
      )}
      <div className={classes['naming']}>
        <div>
          <span className={classes['label']}>{t('field.icon')}</span>
          <IconPicker
            label={t('field.icon')}
            value={textAt(definition, 'icon')}
            onChange={(name) => set('icon', name)}
          />
        </div>
        <TextInput
          label={t('field.title')}
          maxLength={100}
          error={errorOf('title')}
          value={title}
          onChange={(event) => set('title', event.currentTarget.value || undefined)}
        />
        <FieldKey field={field} title={title} stored={stored} onChoose={onChoose} />
      </div>
      <Textarea
        label={t('field.description')}
        autosize
        minRows={1}
        error={errorOf('description')}
        value={textAt(definition, 'description')}
        onChange={(event) => set('description', event.currentTarget.value || undefined)}
      />
    </>
  );
}

interface FieldKeyProps extends Pick<FieldPart, 'field'> {
  readonly title: string;
  readonly stored: boolean;
  readonly onChoose: (name: string | undefined) => void;
}

/** The key: free while nothing is stored under it; afterwards the server renames it, and values follow. */
function FieldKey({ field, title, stored, onChoose }: FieldKeyProps) {
  const { t } = useTranslation('data-model');
  const editor = useEditor();
  const [key, setKey] = useState(field.key);
  const [renaming, setRenaming] = useState(false);
  const rename = (): void => {
    const wanted = key.trim();
    if (wanted === '' || wanted === field.key) return setKey(field.key);
    const free = freeKey(editor.draft, wanted);
    editor.setDraft(renamedField(editor.draft, field, free));
    onChoose(nameOf({ kind: field.kind, key: free }));
  };
  if (stored && hasRename(field)) {
    return (
      <div>
        <TextInput
          label={t('field.key')}
          readOnly
          value={field.key}
          styles={monospace}
          rightSectionWidth={92}
          rightSection={
            <Button size="compact-xs" variant="default" onClick={() => setRenaming(true)}>
              {t('rename.open')}
            </Button>
          }
        />
        {renaming && <RenameDialog field={field} onClose={() => setRenaming(false)} onChoose={onChoose} />}
      </div>
    );
  }
  return (
    <TextInput
      label={t('field.key')}
      spellCheck={false}
      styles={monospace}
      value={key}
      placeholder={keyFrom(title)}
      onChange={(event) => setKey(event.currentTarget.value)}
      onBlur={rename}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        rename();
      }}
    />
  );
}

const monospace = { input: { fontFamily: 'var(--q-mono)', fontSize: 13 } };

/** Says how many values go before a stored property does. */
function RemoveStored({ name, onRemove }: { readonly name: string; readonly onRemove: () => void }) {
  const { t } = useTranslation(['data-model', 'common']);
  const { identifier } = useEditor();
  const [asking, setAsking] = useState(false);
  const { data: count } = useQuery({ ...valueCountQuery(identifier, name), enabled: asking });
  return (
    <>
      <Button
        size="xs"
        variant="subtle"
        color="red"
        leftSection={<IconTrash size={15} />}
        onClick={() => setAsking(true)}
      >
        {t('field.remove')}
      </Button>
      {asking && (
        <Modal
          opened
          size={480}
          onClose={() => setAsking(false)}
          title={t('removal.title', { key: name })}
          closeButtonProps={{ 'aria-label': t('common:close') }}
        >
          <Stack gap={16}>
            <p className={classes['help']}>{count === undefined ? '…' : t('removal.values', { count })}</p>
            <Group justify="flex-end" gap={8}>
              <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
                {t('cancel')}
              </Button>
              <DangerButton onClick={onRemove}>{t('field.remove')}</DangerButton>
            </Group>
          </Stack>
        </Modal>
      )}
    </>
  );
}
