import { Button, Select, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefusalWords } from '../ui/refusal-words.ts';
import { useErrorWords } from '../ui/states.tsx';
import { decide, type ApprovalDetail, type Verdict } from './api.ts';
import classes from './approval-details.module.css';
import { ApprovalSection } from './approval-section.tsx';
import { HandOver } from './hand-over.tsx';

/** The buttons, with a comment and, where options are offered, a choice. Only a press decides. */
export function DecisionForm({ approval }: { readonly approval: ApprovalDetail }) {
  const { t } = useTranslation('approvals');
  const refused = useRefusalWords();
  const { me } = approval;
  if (!me.mayDecide) {
    return (
      <ApprovalSection className={classes['form']} quiet title={t('decision.mayNot')}>
        <p>{refused({ code: me.code, message: me.reason ?? '' })}</p>
      </ApprovalSection>
    );
  }
  return <OpenForm approval={approval} />;
}

function OpenForm({ approval }: { readonly approval: ApprovalDetail }) {
  const { t } = useTranslation('approvals');
  const { inputs, confirm, me } = approval;
  const labels = useLabels(approval);
  const [comment, setComment] = useState('');
  const [input, setInput] = useState<string | null>(null);
  const [asked, setAsked] = useState<Verdict | null>(null);
  const [isMissing, setMissing] = useState(false);
  const answer = useAnswer(approval);
  const send = (verdict: Verdict): void => {
    if (verdict === 'approve' && inputs.length > 0 && input === null) return setMissing(true);
    if (verdict === 'approve' && confirm !== null && asked === null) return setAsked(verdict);
    answer.mutate({ verdict, comment: comment.trim() === '' ? null : comment, input });
  };
  return (
    <ApprovalSection className={classes['form']} title={t('decision.title')}>
      {me.vote !== null && <p className={classes['quiet']}>{t('decision.voted')}</p>}
      {inputs.length > 0 && (
        <Select
          label={t('decision.input')}
          data={inputs.map(({ value, label }) => ({ value, label: label ?? value }))}
          value={input}
          onChange={(value) => {
            setInput(value);
            setMissing(false);
          }}
          error={isMissing ? t('decision.inputNeeded') : undefined}
        />
      )}
      <Textarea
        label={t('decision.comment')}
        description={t('decision.commentHelp')}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={4000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {asked !== null && <p role="alert">{confirm === '' ? t('decision.sure') : confirm}</p>}
      <div className={classes['buttons']}>
        {me.vote?.verdict !== 'approve' && (
          <Button leftSection={<IconCheck size={16} />} loading={answer.isPending} onClick={() => send('approve')}>
            {asked === null ? labels.approve : t('decision.yes', { label: labels.approve })}
          </Button>
        )}
        {asked === null ? (
          <Button
            variant="default"
            leftSection={<IconX size={16} />}
            disabled={answer.isPending}
            onClick={() => send('reject')}
          >
            {labels.reject}
          </Button>
        ) : (
          <Button variant="default" onClick={() => setAsked(null)}>
            {t('decision.back')}
          </Button>
        )}
        {me.vote === null && <HandOver approval={approval} />}
      </div>
    </ApprovalSection>
  );
}

/** The usual labels in the reader's language; others as who asked has written them. */
function useLabels({ labels }: ApprovalDetail): ApprovalDetail['labels'] {
  const { t } = useTranslation('approvals');
  return {
    approve: labels.approve === 'Approve' ? t('decision.approve') : labels.approve,
    reject: labels.reject === 'Reject' ? t('decision.reject') : labels.reject,
  };
}

function useAnswer(approval: ApprovalDetail) {
  const { t } = useTranslation('approvals');
  const client = useQueryClient();
  const words = useErrorWords();
  return useMutation({
    mutationFn: (answer: Parameters<typeof decide>[1]) => decide(approval, answer),
    onSuccess: ({ state, title }) => {
      const word = state === 'approved' || state === 'rejected' ? state : 'counted';
      notifications.show({ withBorder: true, message: t(`decision.${word}`, { title }) });
    },
    onError: (error) => notifications.show({ color: 'red', withBorder: true, message: words(error) }),
    // Also after a refusal: somebody else may have decided.
    onSettled: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ['approval'] }),
        client.invalidateQueries({ queryKey: ['approvals'] }),
        client.invalidateQueries({ queryKey: ['run', approval.subject.id] }),
      ]);
    },
  });
}
