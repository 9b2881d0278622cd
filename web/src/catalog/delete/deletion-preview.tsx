import { Alert, Button, Checkbox, Group, Modal, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconTrash, IconUnlink } from '@tabler/icons-react';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, path, remove } from '../../api/client.ts';
import type { Blueprint } from '../../api/wire.ts';
import { DangerButton } from '../../ui/danger-button.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { NamedIcon } from '../../ui/icon.tsx';
import { ErrorState, RowSkeletons, useErrorWords } from '../../ui/states.tsx';
import { blueprintsQuery } from '../api.ts';
import type { DeleteDialogProps } from './delete-dialog.tsx';
import classes from './deletion-preview.module.css';

interface Touched {
  readonly blueprint: string;
  readonly count: number;
  readonly entities: readonly { readonly identifier: string; readonly title: string | null }[];
}

export interface Deletion {
  readonly deleted: readonly Touched[];
  readonly released: readonly (Touched & { readonly relation: string })[];
  readonly complete: boolean;
}

const deletionQuery = (blueprint: string, identifier: string) =>
  queryOptions({
    queryKey: ['entity', blueprint, identifier, 'deletion'],
    queryFn: async ({ signal }) =>
      (
        await get<{ deletion: Deletion }>(`${path('/api/v1/blueprints', blueprint, 'entities', identifier)}/deletion`, {
          signal,
        })
      ).deletion,
    gcTime: 0,
  });

/** What goes with an entity when it is deleted, and the button that does it. */
export function DeletionPreview({ entity, onClose, onDeleted }: DeleteDialogProps) {
  const { t } = useTranslation(['entity-form', 'common']);
  const client = useQueryClient();
  const words = useErrorWords();
  const preview = useQuery(deletionQuery(entity.blueprint, entity.identifier));
  const [agreed, setAgreed] = useState(false);
  const count = (preview.data?.deleted ?? []).reduce((sum, one) => sum + one.count, 0);
  const deleting = useMutation({
    mutationFn: async () =>
      remove(path('/v1/blueprints', entity.blueprint, 'entities', entity.identifier), {
        query: { delete_dependents: count > 0 ? true : undefined },
      }),
    onSuccess: () => {
      notifications.show({ message: t('delete.done', { title: entity.title }) });
      onDeleted();
      for (const queryKey of [['entities'], ['entity'], ['audits']]) void client.invalidateQueries({ queryKey });
    },
  });
  return (
    <Modal
      opened
      size={560}
      onClose={onClose}
      title={t('delete.title', { title: entity.title })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack gap={16}>
        <p className={classes['lead']}>
          {t('delete.lead')} <Identifier value={entity.identifier} />
        </p>
        {preview.isPending && <RowSkeletons rows={2} height={56} />}
        {preview.isError && <ErrorState error={preview.error} retry={preview.refetch} />}
        {preview.isSuccess && <Consequences deletion={preview.data} />}
        {deleting.isError && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle size={18} />}>
            {words(deleting.error)}
          </Alert>
        )}
        {count > 0 && (
          <Checkbox
            label={t('delete.agree', { count })}
            checked={agreed}
            onChange={(event) => setAgreed(event.currentTarget.checked)}
          />
        )}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <DangerButton
            disabled={!preview.isSuccess || (count > 0 && !agreed)}
            loading={deleting.isPending}
            onClick={() => deleting.mutate()}
          >
            {count > 0 ? t('delete.confirmMany', { count: count + 1 }) : t('delete.confirm')}
          </DangerButton>
        </Group>
      </Stack>
    </Modal>
  );
}

export function Consequences({ deletion: { deleted, released, complete } }: { readonly deletion: Deletion }) {
  const { t } = useTranslation('entity-form');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  if (deleted.length === 0 && released.length === 0) return <p className={classes['calm']}>{t('delete.alone')}</p>;
  const of = (identifier: string): Blueprint | undefined => blueprints.find((one) => one.identifier === identifier);
  return (
    <div className={classes['parts']}>
      {deleted.length > 0 && (
        <Part icon={<IconTrash size={16} aria-hidden />} title={t('delete.deleted')} tone="bad">
          {deleted.map((one) => (
            <Line key={one.blueprint} touched={one} blueprint={of(one.blueprint)} />
          ))}
        </Part>
      )}
      {released.length > 0 && (
        <Part icon={<IconUnlink size={16} aria-hidden />} title={t('delete.released')} tone="warn">
          {released.map((one) => {
            const source = of(one.blueprint);
            return (
              <Line
                key={`${one.blueprint} ${one.relation}`}
                touched={one}
                blueprint={source}
                relation={source?.relations[one.relation]?.title ?? one.relation}
              />
            );
          })}
        </Part>
      )}
      {!complete && <p className={classes['calm']}>{t('delete.incomplete')}</p>}
    </div>
  );
}

interface PartProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly tone: 'bad' | 'warn';
  readonly children: ReactNode;
}

function Part({ icon, title, tone, children }: PartProps) {
  return (
    <section className={classes['part']} data-tone={tone}>
      <h3>
        {icon}
        {title}
      </h3>
      <ul>{children}</ul>
    </section>
  );
}

interface LineProps {
  readonly touched: Touched;
  readonly blueprint: Blueprint | undefined;
  readonly relation?: string;
}

function Line({ touched, blueprint, relation }: LineProps) {
  const { t } = useTranslation('entity-form');
  const names = touched.entities.map(({ identifier, title }) => title ?? identifier);
  const more = touched.count - names.length;
  return (
    <li>
      <strong>
        <NamedIcon name={blueprint?.icon} size={15} />
        {t('delete.some', { count: touched.count, blueprint: blueprint?.title ?? touched.blueprint })}
        {relation !== undefined && <small>{t('delete.via', { relation })}</small>}
      </strong>
      <span>
        {names.join(', ')}
        {more > 0 && ` ${t('delete.more', { count: more })}`}
      </span>
    </li>
  );
}
