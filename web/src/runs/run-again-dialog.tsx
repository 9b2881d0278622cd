import { Alert, Button, Modal } from '@mantine/core';
import { IconAlertCircle, IconLock, IconPencil, IconRepeat } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { InputField } from '../actions/input-field.tsx';
import { InputValue } from '../actions/input-value.tsx';
import { isSecret } from '../actions/live-form.ts';
import { sealSecret } from '../actions/seal-secret.ts';
import { fieldErrors } from '../api/problem.ts';
import type { Action, Json, Run, UserInput } from '../api/wire.ts';
import { Fact, Facts } from '../ui/facts.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { runAgain } from './api.ts';
import classes from './run-again-dialog.module.css';
import { followRun } from './run-toast.tsx';

interface RunAgainDialogProps {
  readonly action: Action;
  readonly run: Run;
  readonly onClose: () => void;
  readonly onChangeInputs: () => void;
}

/** Shows what will be sent, asks for what was secret, and begins the run on a press. */
export function RunAgainDialog({ action, run, onClose, onChangeInputs }: RunAgainDialogProps) {
  const { t } = useTranslation(['run-tools', 'runs', 'actions']);
  const words = useErrorWords();
  const inputs = action.trigger.userInputs?.properties ?? {};
  const sent = Object.entries(run.rawProperties ?? run.properties);
  const secrets = sent.flatMap(([key]) => (isSecret(inputs[key]) ? [[key, inputs[key] as UserInput] as const] : []));
  const shown = sent.filter(([key]) => !isSecret(inputs[key]));
  const [given, setGiven] = useState<Readonly<Record<string, unknown>>>({});
  const [asked, setAsked] = useState(false);
  const again = useRunAgain(run, inputs, onClose);
  const missing = secrets.filter(([key]) => given[key] === undefined || given[key] === '').map(([key]) => key);
  const errors = fieldErrors(again.error);
  const unplaced = again.isError && !secrets.some(([key]) => errors[key] !== undefined);
  const submit = (): void => {
    setAsked(true);
    if (missing.length === 0 && !again.isPending) again.mutate(given);
  };
  const title = action.title ?? action.identifier;
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t('again.title', { title })}
      closeButtonProps={{ 'aria-label': t('again.cancel') }}
    >
      <form
        className={classes['form']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p>{t(action.requiredApproval ? 'again.leadApproval' : 'again.lead')}</p>
        {unplaced && (
          <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
            {words(again.error)}
          </Alert>
        )}
        <div className={classes['sent']}>
          <Facts>
            {run.entity && (
              <Fact label={t('what.entity', { ns: 'actions' })}>{run.entity.title ?? run.entity.identifier}</Fact>
            )}
            {shown.map(([key, value]) => (
              <Fact key={key} label={inputs[key]?.title ?? key}>
                <InputValue value={value} input={inputs[key]} plain />
              </Fact>
            ))}
          </Facts>
          {shown.length === 0 && <span className={classes['none']}>{t('inputs.none', { ns: 'runs' })}</span>}
        </div>
        {secrets.length > 0 && (
          <div className={classes['secrets']}>
            <p>
              <IconLock size={15} aria-hidden /> {t('again.secrets')}
            </p>
            {secrets.map(([key, input], at) => (
              <InputField
                key={key}
                name={key}
                input={input}
                value={given[key]}
                required
                error={
                  errors[key] ??
                  (asked && missing.includes(key) ? t('form.errors.required', { ns: 'actions' }) : undefined)
                }
                autoFocus={at === 0}
                onChange={(value) => setGiven({ ...given, [key]: value })}
              />
            ))}
          </div>
        )}
        <footer>
          <Button variant="subtle" leftSection={<IconPencil size={16} />} onClick={onChangeInputs}>
            {t('again.change')}
          </Button>
          <span />
          <Button variant="default" onClick={onClose}>
            {t('again.cancel')}
          </Button>
          <Button
            type="submit"
            leftSection={<IconRepeat size={16} />}
            loading={again.isPending}
            {...(secrets.length === 0 ? { 'data-autofocus': true } : {})}
          >
            {t('page.again', { ns: 'runs' })}
          </Button>
        </footer>
      </form>
    </Modal>
  );
}

function useRunAgain(run: Run, inputs: Readonly<Record<string, UserInput>>, onDone: () => void) {
  const client = useQueryClient();
  // One key for one dialog: pressed twice, it is one run.
  const [key, setKey] = useState(() => crypto.randomUUID());
  return useMutation({
    mutationFn: async (secrets: Readonly<Record<string, unknown>>) => {
      const sealed = Object.entries(secrets).map(
        async ([name, value]) => [name, (await sealSecret(inputs[name], value)) as Json] as const,
      );
      return runAgain(run.id, Object.fromEntries(await Promise.all(sealed)), key);
    },
    onSuccess: (begun) => {
      onDone();
      followRun(begun);
      void client.invalidateQueries({ queryKey: ['runs'] });
    },
    onError: () => setKey(crypto.randomUUID()),
  });
}
