import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DangerButton } from '../../ui/danger-button.tsx';
import { useErrorWords } from '../../ui/states.tsx';
import classes from './table.module.css';
import type { Acts } from './use-view-acts.ts';
import type { View } from './view-api.ts';

export type Asked = 'new' | 'rename' | 'delete';

interface ViewDialogProps {
  readonly asked: Asked;
  readonly view: View | undefined;
  readonly acts: Acts;
  readonly onClose: () => void;
}

/** Asks for a name, or whether it may go. */
export function ViewDialog({ asked, view, acts, onClose }: ViewDialogProps) {
  const { t } = useTranslation(['table', 'common']);
  const words = useErrorWords();
  const [title, setTitle] = useState(asked === 'rename' ? (view?.title ?? '') : '');
  const [shared, setShared] = useState(asked === 'rename' && view?.shared === true);
  const acting = { new: acts.create, rename: acts.change, delete: acts.remove }[asked];
  const done = { onSuccess: onClose };
  const submit = (): void => {
    if (asked === 'new') acts.create.mutate({ title, shared }, done);
    else if (view !== undefined && asked === 'rename') acts.change.mutate({ view, title, shared }, done);
    else if (view !== undefined) acts.remove.mutate(view, done);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`views.dialog.${asked}`, { view: view?.title ?? '' })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form
        className={classes['dialog']}
        onSubmit={(event) => {
          event.preventDefault();
          if (asked === 'delete' || title.trim() !== '') submit();
        }}
      >
        {asked === 'delete' ? (
          <p>{t(view?.shared === true ? 'views.deleteShared' : 'views.deleteOwn')}</p>
        ) : (
          <>
            <TextInput
              data-autofocus
              label={t('views.title')}
              maxLength={100}
              value={title}
              onChange={(event) => setTitle(event.currentTarget.value)}
            />
            <Checkbox
              label={t('views.share')}
              description={t('views.shareHelp')}
              disabled={asked === 'rename' && view?.mine === false}
              checked={shared}
              onChange={(event) => setShared(event.currentTarget.checked)}
            />
          </>
        )}
        {acting.isError && (
          <p className={classes['bad']} role="alert">
            {words(acting.error)}
          </p>
        )}
        <div className={classes['buttons']}>
          <Button variant="default" onClick={onClose}>
            {t('views.cancel')}
          </Button>
          {asked === 'delete' ? (
            <DangerButton loading={acting.isPending} onClick={submit}>
              {t('views.delete')}
            </DangerButton>
          ) : (
            <Button type="submit" loading={acting.isPending} disabled={title.trim() === ''}>
              {t('views.keep')}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}
