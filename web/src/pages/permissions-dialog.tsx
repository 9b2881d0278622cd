import { Button, Group, Modal, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Grant, GrantFields } from '../access/grant-fields.tsx';
import { get, patch, path } from '../api/client.ts';
import { ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';

interface Permissions {
  readonly read: Grant;
  readonly update: Grant;
}

const permissionsQuery = (page: string) =>
  queryOptions({
    queryKey: ['page', page, 'permissions'],
    queryFn: async ({ signal }) =>
      (await get<{ permissions: Permissions }>(path('/v1/pages', page, 'permissions'), { signal })).permissions,
  });

interface PermissionsDialogProps {
  readonly page: string;
  readonly onClose: () => void;
}

/** Who reads and who changes a page, beside administrators. */
export function PermissionsDialog({ page, onClose }: PermissionsDialogProps) {
  const { t } = useTranslation(['pages', 'common']);
  const stored = useQuery(permissionsQuery(page));
  return (
    <Modal
      opened
      size={560}
      onClose={onClose}
      title={t('permissions.title')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {stored.isError && <ErrorState error={stored.error} retry={stored.refetch} />}
      {stored.isPending && <RowSkeletons rows={4} />}
      {stored.isSuccess && <Form page={page} first={stored.data} onClose={onClose} />}
    </Modal>
  );
}

function Form({ page, first, onClose }: PermissionsDialogProps & { readonly first: Permissions }) {
  const { t } = useTranslation(['pages', 'common']);
  const words = useErrorWords();
  const client = useQueryClient();
  const [draft, setDraft] = useState(first);
  const saving = useMutation({
    mutationFn: async () => patch(path('/v1/pages', page, 'permissions'), draft),
    onSuccess: async () => {
      notifications.show({ message: t('permissions.saved') });
      onClose();
      await client.invalidateQueries({ queryKey: ['page', page] });
    },
  });
  return (
    <Stack gap={16}>
      <p>{t('permissions.help')}</p>
      {(['read', 'update'] as const).map((right) => (
        <GrantFields
          key={right}
          legend={t(`permissions.${right}`)}
          grant={draft[right]}
          onChange={(grant) => setDraft({ ...draft, [right]: grant })}
        />
      ))}
      {saving.isError && <p role="alert">{words(saving.error)}</p>}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button loading={saving.isPending} onClick={() => saving.mutate()}>
          {t('permissions.save')}
        </Button>
      </Group>
    </Stack>
  );
}
