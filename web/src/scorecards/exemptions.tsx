import { Alert, Button, Modal, Textarea, TextInput } from '@mantine/core';
import { IconAlertCircle, IconShieldOff } from '@tabler/icons-react';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, path, post, remove } from '../api/client.ts';
import type { Entity, ExemptionMark, Scorecard } from '../api/wire.ts';
import { useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import classes from './entity-scorecard.module.css';

type Rule = Scorecard['rules'][number];

interface Exemption {
  readonly id: string;
  readonly scorecard: string;
  readonly rule: string;
  readonly status: 'PENDING' | 'ACTIVE' | 'REJECTED' | 'EXPIRED' | 'REVOKED';
  readonly until: string;
  readonly reason: string;
  readonly requestedByName: string;
}

const exemptionsQuery = (blueprint: string, entity: string) =>
  queryOptions({
    queryKey: ['exemptions', blueprint, entity],
    queryFn: async ({ signal }) =>
      (
        await get<{ exemptions: readonly Exemption[] }>('/api/v1/exemptions', {
          signal,
          query: { blueprint, entity, status: 'PENDING' },
        })
      ).exemptions,
  });

interface RuleExemptionProps {
  readonly entity: Entity;
  readonly scorecard: Scorecard;
  readonly rule: Rule;
  /** Of an exemption that is in force. */
  readonly mark: ExemptionMark | undefined;
  readonly passed: boolean;
}

/** Beside a rule: that it does not count, that somebody asked for that, or the way to ask. */
export function RuleExemption({ entity, scorecard, rule, mark, passed }: RuleExemptionProps) {
  const { t } = useTranslation('exemptions');
  const [asking, setAsking] = useState(false);
  const pending = useQuery(exemptionsQuery(scorecard.blueprint, entity.identifier));
  const waiting = pending.data?.find((one) => one.scorecard === scorecard.identifier && one.rule === rule.identifier);
  if (mark !== undefined) {
    return (
      <p className={classes['exempt']}>
        <IconShieldOff size={15} aria-hidden />
        {mark.approvedBy === null ? t('exempt') : t('exemptBy', { name: mark.approvedBy })} {t('until')}{' '}
        <RelativeTime at={mark.until} />
        <TakeBack id={mark.id} entity={entity} scorecard={scorecard} label={t('end')} />
      </p>
    );
  }
  if (passed) return null;
  if (waiting !== undefined) {
    return (
      <p className={classes['exempt']}>
        <Link to="/approvals" search={{ view: 'pending' }}>
          {t('asked', { name: waiting.requestedByName })}
        </Link>
        <TakeBack id={waiting.id} entity={entity} scorecard={scorecard} label={t('takeBack')} />
      </p>
    );
  }
  return (
    <>
      <Button variant="subtle" size="compact-sm" onClick={() => setAsking(true)} disabled={!pending.isSuccess}>
        {t('ask')}
      </Button>
      {asking && <AskDialog {...{ entity, scorecard, rule }} onClose={() => setAsking(false)} />}
    </>
  );
}

interface TakeBackProps {
  readonly id: string;
  readonly entity: Entity;
  readonly scorecard: Scorecard;
  readonly label: string;
}

function TakeBack({ id, entity, scorecard, label }: TakeBackProps) {
  const words = useErrorWords();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: async () => remove(path('/api/v1/exemptions', id)),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: exemptionsQuery(scorecard.blueprint, entity.identifier).queryKey });
      await client.invalidateQueries({ queryKey: ['entity'] });
    },
  });
  return (
    <>
      <Button variant="subtle" size="compact-sm" loading={revoke.isPending} onClick={() => revoke.mutate()}>
        {label}
      </Button>
      {revoke.isError && <span role="alert">{words(revoke.error)}</span>}
    </>
  );
}

interface AskDialogProps {
  readonly entity: Entity;
  readonly scorecard: Scorecard;
  readonly rule: Rule;
  readonly onClose: () => void;
}

const day = 86_400_000;
const dateIn = (days: number): string => new Date(Date.now() + days * day).toISOString().slice(0, 10);

function AskDialog({ entity, scorecard, rule, onClose }: AskDialogProps) {
  const { t } = useTranslation('exemptions');
  const words = useErrorWords();
  const client = useQueryClient();
  const [until, setUntil] = useState(() => dateIn(30));
  const [reason, setReason] = useState('');
  const [key] = useState(() => crypto.randomUUID());
  const ask = useMutation({
    mutationFn: async () =>
      post(
        path('/api/v1/blueprints', scorecard.blueprint, 'entities', entity.identifier, 'exemptions'),
        // To the end of the day that was chosen, where it was chosen.
        {
          scorecard: scorecard.identifier,
          rule: rule.identifier,
          until: new Date(`${until}T23:59:59`).toISOString(),
          reason,
        },
        { idempotencyKey: key },
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: exemptionsQuery(scorecard.blueprint, entity.identifier).queryKey });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('title', { rule: rule.title })}>
      <form
        className={classes['ask']}
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <p>{t('help', { entity: entity.title, scorecard: scorecard.title })}</p>
        <TextInput
          type="date"
          label={t('untilLabel')}
          required
          min={dateIn(1)}
          max={dateIn(700)}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <Textarea
          label={t('reason')}
          required
          autosize
          minRows={3}
          maxLength={2_000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {ask.isError && (
          <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
            {words(ask.error)}
          </Alert>
        )}
        <div className={classes['askButtons']}>
          <Button type="submit" loading={ask.isPending} disabled={reason.trim() === '' || until === ''}>
            {t('send')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
