import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActorsField } from '../actions/editor/actors-field.tsx';
import type { Scorecard } from '../api/wire.ts';
import { ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { type ExemptionApprovers, exemptionPolicyQuery, saveExemptionPolicy } from './api.ts';

interface ExemptionPolicyProps {
  readonly scorecard: Scorecard;
  readonly onClose: () => void;
}

/** Who decides when somebody asks that a rule of this scorecard does not count. */
export function ExemptionPolicy({ scorecard, onClose }: ExemptionPolicyProps) {
  const { t } = useTranslation('exemptions');
  const policy = useQuery(exemptionPolicyQuery(scorecard.blueprint, scorecard.identifier));
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t('policy.title', { scorecard: scorecard.title })}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      {policy.isPending && <RowSkeletons rows={3} height={56} />}
      {policy.isError && <ErrorState error={policy.error} retry={policy.refetch} />}
      {policy.isSuccess && <PolicyForm scorecard={scorecard} stored={policy.data} onClose={onClose} />}
    </Modal>
  );
}

const kinds = ['roles', 'teams', 'users'] as const;

interface PolicyFormProps extends ExemptionPolicyProps {
  readonly stored: ExemptionApprovers;
}

function PolicyForm({ scorecard, stored, onClose }: PolicyFormProps) {
  const { t } = useTranslation('exemptions');
  const words = useErrorWords();
  const client = useQueryClient();
  const [approvers, setApprovers] = useState(stored);
  const nobody = kinds.every((kind) => approvers[kind].length === 0);
  const saving = useMutation({
    mutationFn: async () => saveExemptionPolicy(scorecard.blueprint, scorecard.identifier, approvers),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: t('policy.saved', { scorecard: scorecard.title }) });
      await client.invalidateQueries({
        queryKey: exemptionPolicyQuery(scorecard.blueprint, scorecard.identifier).queryKey,
      });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!nobody) saving.mutate();
      }}
    >
      <Stack gap={16}>
        <p>{t('policy.help')}</p>
        {kinds.map((kind) => (
          <ActorsField
            key={kind}
            kind={kind}
            label={t(`policy.${kind}`)}
            value={approvers[kind]}
            onChange={(value) => setApprovers({ ...approvers, [kind]: value })}
          />
        ))}
        {(nobody || saving.isError) && (
          <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
            {nobody ? t('policy.nobody') : words(saving.error)}
          </Alert>
        )}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={nobody} loading={saving.isPending}>
            {t('policy.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
