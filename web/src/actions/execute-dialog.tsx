import { Alert, Button, Modal, Select, Stepper } from '@mantine/core';
import { IconAlertCircle, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldErrors } from '../api/problem.ts';
import type { Action } from '../api/wire.ts';
import { entityChoicesQuery } from '../catalog/api.ts';
import { followRun } from '../runs/run-toast.tsx';
import { NamedIcon } from '../ui/icon.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { invoke, needsEntity } from './api.ts';
import { useDraft } from './draft.ts';
import classes from './execute-dialog.module.css';
import { defaultValues, formErrors, inputSteps, requiredKeys, toProperties, type Values } from './form-rules.ts';
import { InputField } from './input-field.tsx';
import { WhatHappens } from './what-happens.tsx';

interface ExecuteDialogProps {
  readonly action: Action;
  readonly entity?: string | undefined;
  /** Inputs to start from, as when a run is repeated. */
  readonly values?: Values | undefined;
  readonly onClose: () => void;
}

/** Asks for what an action needs, says what will happen, and starts the run. */
export function ExecuteDialog({ action, entity, values, onClose }: ExecuteDialogProps) {
  const { t } = useTranslation('actions');
  const form = useExecution({ action, entity, values, onClose });
  const { inputs, steps, step } = form;
  const last = step === steps.length - 1;
  useSubmitKey(form.submit);
  return (
    <Modal
      opened
      onClose={onClose}
      size={820}
      padding={0}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}
      classNames={{ header: classes['header'] ?? '', title: classes['title'] ?? '' }}
      title={
        <>
          <span className={classes['icon']}>
            <NamedIcon name={action.icon} />
          </span>
          {action.title ?? action.identifier}
        </>
      }
    >
      <form
        className={classes['form']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <div className={classes['fields']}>
          {form.problem !== undefined && (
            <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
              {form.problem}
            </Alert>
          )}
          {steps.length > 1 && (
            <Stepper active={step} onStepClick={form.setStep} size="xs" iconSize={24}>
              {steps.map((one) => (
                <Stepper.Step key={one.title} label={one.title} />
              ))}
            </Stepper>
          )}
          {step === 0 && needsEntity(action) && (
            <EntityChoice
              blueprint={action.trigger.blueprintIdentifier ?? ''}
              value={form.entity}
              error={form.shown && form.entity === null ? t('form.errors.required') : undefined}
              onChange={form.setEntity}
            />
          )}
          {(steps[step]?.inputs ?? []).map(([name, input], index) => (
            <div key={name} className={classes['field']}>
              {inputs?.titles?.[name] !== undefined && <h3>{inputs.titles[name].title}</h3>}
              <InputField
                name={name}
                input={input}
                value={form.values[name]}
                required={requiredKeys(inputs).includes(name)}
                error={form.errors[name]}
                autoFocus={index === 0 && !needsEntity(action)}
                onChange={(value) => form.setValue(name, value)}
              />
            </div>
          ))}
          {steps.every((one) => one.inputs.length === 0) && !needsEntity(action) && (
            <p className={classes['nothing']}>{t('form.noInputs')}</p>
          )}
        </div>
        <WhatHappens action={action} entity={form.entity} values={form.values} />
        <footer className={classes['foot']}>
          {step > 0 && (
            <Button variant="default" onClick={() => form.setStep(step - 1)}>
              {t('form.back')}
            </Button>
          )}
          <span className={classes['hint']}>{t('form.hint')}</span>
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button
            type="submit"
            loading={form.pending}
            leftSection={last ? <IconPlayerPlay size={16} /> : undefined}
            {...(steps.every((one) => one.inputs.length === 0) ? { 'data-autofocus': true } : {})}
          >
            {last ? (action.trigger.executeActionButtonText ?? t('form.execute')) : t('form.next')}
          </Button>
        </footer>
      </form>
    </Modal>
  );
}

/** Ctrl or Cmd with Enter submits from any field, also from those in which Enter alone means something else. */
function useSubmitKey(submit: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      submit();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

/** The state of the dialog: values kept as a draft, errors at their field, one run per press. */
function useExecution({ action, entity, values, onClose }: ExecuteDialogProps) {
  const { t } = useTranslation('actions');
  const client = useQueryClient();
  const words = useErrorWords();
  const inputs = action.trigger.userInputs;
  const steps = inputSteps(inputs);
  const [draft, setDraft, discard] = useDraft(action.identifier, {
    values: { ...defaultValues(inputs), ...values },
    entity: entity ?? null,
  });
  const [step, setStep] = useState(0);
  const [shown, setShown] = useState(false);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const attempt = useMutation({
    mutationFn: () =>
      invoke({
        action: action.identifier,
        properties: toProperties(inputs, draft.values),
        idempotencyKey: key,
        ...(draft.entity === null || !needsEntity(action) ? {} : { entity: draft.entity }),
      }),
    onSuccess: (run) => {
      discard();
      onClose();
      followRun(run);
      void client.invalidateQueries({ queryKey: ['runs'] });
    },
    // Changed inputs are a new request; the same key with another body would be refused.
    onError: () => setKey(crypto.randomUUID()),
  });

  const own = formErrors(inputs, draft.values);
  const theirs = fieldErrors(attempt.error);
  const errors: Record<string, string> = { ...theirs };
  if (shown)
    for (const [name, error] of Object.entries(own))
      errors[name] = t(`form.errors.${error.key}`, { limit: error.limit });
  const unplaced =
    attempt.error !== null && !Object.keys(theirs).some((name) => inputs?.properties?.[name] !== undefined);

  const submit = (): void => {
    const here = steps[step]?.inputs.map(([name]) => name) ?? [];
    const blocked =
      (step === 0 && needsEntity(action) && draft.entity === null) || here.some((name) => own[name] !== undefined);
    setShown(blocked);
    if (blocked || attempt.isPending) return;
    if (step < steps.length - 1) setStep(step + 1);
    else attempt.mutate();
  };
  return {
    inputs,
    steps,
    step,
    setStep,
    shown,
    errors,
    submit,
    values: draft.values,
    entity: draft.entity,
    pending: attempt.isPending,
    problem: unplaced ? words(attempt.error) : undefined,
    setValue: (name: string, value: unknown) => setDraft({ ...draft, values: { ...draft.values, [name]: value } }),
    setEntity: (next: string | null) => setDraft({ ...draft, entity: next }),
  };
}

interface EntityChoiceProps {
  readonly blueprint: string;
  readonly value: string | null;
  readonly error: string | undefined;
  readonly onChange: (value: string | null) => void;
}

function EntityChoice({ blueprint, value, error, onChange }: EntityChoiceProps) {
  const { t } = useTranslation('actions');
  const { data = [] } = useQuery(entityChoicesQuery(blueprint));
  return (
    <Select
      label={t('form.entity')}
      description={t('form.entityHelp')}
      withAsterisk
      searchable
      data-autofocus
      limit={100}
      data={data.map((one) => ({ value: one.identifier, label: one.title }))}
      value={value}
      onChange={onChange}
      error={error}
      placeholder={t('form.choose')}
      nothingFoundMessage={t('form.nothingFound')}
    />
  );
}
