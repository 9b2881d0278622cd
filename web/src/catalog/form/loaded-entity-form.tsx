import { Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Entity } from '../../api/wire.ts';
import { ErrorState, RowSkeletons } from '../../ui/states.tsx';
import { storedEntityQuery } from './entity-document.ts';
import type { EntityDialogProps } from './entity-dialog.tsx';
import { copyOf, draftOf, newDraft } from './entity-draft.ts';
import { EntityForm } from './entity-form.tsx';

/** The form once what it begins with is here. */
export function LoadedEntityForm({ blueprint, identifier, from, onClose, onSaved }: EntityDialogProps) {
  const { t } = useTranslation(['catalog', 'common']);
  const read = identifier ?? from;
  const stored = useQuery({ ...storedEntityQuery(blueprint.identifier, read ?? ''), enabled: read !== undefined });
  const tell = (entity: Entity): void => {
    notifications.show({ message: <SavedToast entity={entity} isNew={identifier === undefined} /> });
    onSaved(entity);
  };
  if (read !== undefined && stored.data === undefined) {
    return (
      <Modal opened size={980} onClose={onClose} closeButtonProps={{ 'aria-label': t('common:close') }} title={read}>
        {stored.isError ? <ErrorState error={stored.error} retry={stored.refetch} /> : <RowSkeletons rows={6} />}
      </Modal>
    );
  }
  return (
    <EntityForm
      blueprint={blueprint}
      stored={identifier === undefined ? null : (stored.data ?? null)}
      start={startOf(blueprint, identifier === undefined, stored.data?.entity)}
      name={
        identifier === undefined ? `new:${blueprint.identifier}:${from ?? ''}` : `${blueprint.identifier}/${identifier}`
      }
      onClose={onClose}
      onSaved={tell}
    />
  );
}

function startOf(blueprint: Blueprint, isNew: boolean, stored: Entity | undefined) {
  if (stored === undefined) return newDraft(blueprint);
  return isNew ? copyOf(stored, blueprint) : draftOf(stored, blueprint);
}

function SavedToast({ entity, isNew }: { readonly entity: Entity; readonly isNew: boolean }) {
  const { t } = useTranslation('catalog');
  const params = { blueprint: entity.blueprint, identifier: entity.identifier };
  return (
    <span style={{ display: 'grid', gap: 4 }}>
      {t(isNew ? 'write.created' : 'write.saved', { title: entity.title })}
      <Link to="/catalog/$blueprint/$identifier" params={params} style={{ color: 'var(--q-accent-text)' }}>
        {t('write.view')}
      </Link>
    </span>
  );
}
