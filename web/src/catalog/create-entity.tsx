import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../api/wire.ts';
import { useEntityRights } from './entity-rights.ts';
import { EntityDialog } from './form/entity-dialog.tsx';

/** The way to a new entity; `?new` in the address opens the form, `from` names what it begins as. */
export function CreateEntity({ blueprint }: { readonly blueprint: Blueprint }) {
  const { t } = useTranslation('catalog');
  const rights = useEntityRights(blueprint.identifier);
  const search = useSearch({ from: '/app/catalog/$blueprint' });
  const navigate = useNavigate({ from: '/catalog/$blueprint' });
  if (!rights.create) return null;
  const go = (change: Partial<typeof search>): void =>
    void navigate({ search: (old: typeof search) => ({ ...old, ...change }) as typeof search, replace: true });
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={() => go({ new: '1' })}>
        {t('write.create', { blueprint: blueprint.title })}
      </Button>
      {search.new !== undefined && (
        <EntityDialog
          blueprint={blueprint}
          identifier={undefined}
          from={search.from}
          onClose={() => go({ new: '', from: '' })}
          onSaved={(entity) => go({ new: '', from: '', open: entity.identifier })}
        />
      )}
    </>
  );
}
