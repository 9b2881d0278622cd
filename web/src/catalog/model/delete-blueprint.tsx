import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { everyActionQuery } from '../../actions/api.ts';
import { scorecardsQuery } from '../../scorecards/api.ts';
import { DangerButton } from '../../ui/danger-button.tsx';
import { useErrorWords } from '../../ui/states.tsx';
import { blueprintsQuery, entityCountQuery } from '../api.ts';
import classes from './builder.module.css';
import { deleteBlueprint, deleteWithEntities } from './model-api.ts';

interface DeleteBlueprintProps {
  readonly identifier: string;
  readonly title: string;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** What would go with a blueprint, and what stands in the way. */
export function DeleteBlueprint({ identifier, title, onClose, onDeleted }: DeleteBlueprintProps) {
  const { t } = useTranslation(['data-model', 'common']);
  const client = useQueryClient();
  const words = useErrorWords();
  const [typed, setTyped] = useState('');
  const found = useDependents(identifier);
  const deleting = useMutation({
    mutationFn: async () =>
      (found.entities ?? 0) > 0 ? deleteWithEntities(identifier) : deleteBlueprint(identifier, found.actions > 0),
    onSuccess: () => {
      notifications.show({ message: t((found.entities ?? 0) > 0 ? 'delete.begun' : 'delete.done', { title }) });
      for (const queryKey of [['blueprints'], ['migrations'], ['entities']])
        void client.invalidateQueries({ queryKey });
      onDeleted();
    },
  });
  const blocked = found.pointing.length > 0;
  return (
    <Modal
      opened
      size={560}
      onClose={onClose}
      title={t('delete.title', { title })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack gap={16}>
        {blocked ? (
          <Alert color="yellow" icon={<IconAlertTriangle size={18} />}>
            <p>{t('delete.blocked')}</p>
            <ul className={classes['faults']}>
              {found.pointing.map(({ blueprint, relation, name }) => (
                <li key={`${blueprint} ${relation}`}>
                  <Link
                    to="/data-model/blueprints/$blueprint"
                    params={{ blueprint }}
                    search={{ item: `relation.${relation}` }}
                  >
                    {name}
                  </Link>
                </li>
              ))}
            </ul>
          </Alert>
        ) : (
          <>
            <ul className={classes['gone']}>
              <li>{t('delete.entities', { count: found.entities ?? 0 })}</li>
              <li>{t('delete.scorecards', { count: found.scorecards })}</li>
              <li>{t('delete.actions', { count: found.actions })}</li>
            </ul>
            <p className={classes['help']}>{t('delete.help')}</p>
            <TextInput
              data-autofocus
              label={t('delete.type', { identifier })}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </>
        )}
        {deleting.isError && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle size={18} />}>
            {words(deleting.error)}
          </Alert>
        )}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <DangerButton
            disabled={blocked || found.entities === undefined || typed !== identifier}
            loading={deleting.isPending}
            onClick={() => deleting.mutate()}
          >
            {t('delete.do')}
          </DangerButton>
        </Group>
      </Stack>
    </Modal>
  );
}

function useDependents(identifier: string) {
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: entities } = useQuery(entityCountQuery(identifier));
  const { data: actions = [] } = useQuery(everyActionQuery);
  const { data: scorecards = [] } = useQuery(scorecardsQuery);
  const pointing = blueprints
    .filter((one) => one.identifier !== identifier)
    .flatMap((one) =>
      Object.entries(one.relations)
        .filter(([, relation]) => relation.target === identifier)
        .map(([key, relation]) => ({
          blueprint: one.identifier,
          relation: key,
          name: `${one.title} → ${relation.title ?? key}`,
        })),
    );
  return {
    entities,
    pointing,
    actions: actions.filter((one) => one.trigger.blueprintIdentifier === identifier).length,
    scorecards: scorecards.filter((one) => one.blueprint === identifier).length,
  };
}
