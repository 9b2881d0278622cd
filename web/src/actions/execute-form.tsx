import { ActionIcon, Alert, Button, Modal, SegmentedControl, Stepper, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconAlertCircle, IconCheck, IconLink, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Action } from '../api/wire.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { needsEntity } from './api.ts';
import { EntityField } from './entity-field.tsx';
import classes from './execute-dialog.module.css';
import { FormHeading } from './form-heading.tsx';
import { formLink } from './form-link.ts';
import { requiredKeys } from './form-rules.ts';
import { InputField } from './input-field.tsx';
import { JsonInputs } from './json-inputs.tsx';
import { type ExecutionStart, useExecution } from './use-execution.ts';
import { WhatHappens } from './what-happens.tsx';

type Form = ReturnType<typeof useExecution>;

export function ExecuteForm(start: ExecutionStart) {
  const { action, onClose } = start;
  const { t } = useTranslation(['actions', 'execute']);
  const form = useExecution(start);
  const [view, setView] = useState<'form' | 'json'>('form');
  useSubmitKey(form.submit);
  return (
    <Modal
      opened
      onClose={onClose}
      size={860}
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
        <div className={classes['fields']} aria-busy={form.updating}>
          <Tools action={action} form={form} view={view} onView={setView} />
          <Problems form={form} />
          {view === 'json' ? <JsonInputs inputs={form.inputs} values={form.values} onChange={form.setValues} /> : null}
          {view === 'json' ? null : <Fields action={action} form={form} />}
        </div>
        <WhatHappens action={action} entity={form.entity} inputs={form.inputs} values={form.values} />
        <Foot action={action} form={form} onClose={onClose} />
      </form>
    </Modal>
  );
}

interface PartProps {
  readonly action: Action;
  readonly form: Form;
}

interface ToolsProps extends PartProps {
  readonly view: 'form' | 'json';
  readonly onView: (view: 'form' | 'json') => void;
}

/** The other way to write inputs, and a link to them. */
function Tools({ action, form, view, onView }: ToolsProps) {
  const { t } = useTranslation('execute');
  const clipboard = useClipboard({ timeout: 2000 });
  if (Object.keys(form.inputs.properties ?? {}).length === 0) return null;
  const label = t(clipboard.copied ? 'link.copied' : 'link.copy');
  return (
    <div className={classes['tools']}>
      <SegmentedControl
        size="xs"
        aria-label={t('view.label')}
        value={view}
        data={[
          { value: 'form', label: t('view.form') },
          { value: 'json', label: t('view.json') },
        ]}
        onChange={(next) => onView(next === 'json' ? 'json' : 'form')}
      />
      <Tooltip label={`${label}. ${t('link.help')}`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={label}
          onClick={() => clipboard.copy(formLink(action.identifier, action.trigger.userInputs, form))}
        >
          {clipboard.copied ? <IconCheck size={16} /> : <IconLink size={16} />}
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function Problems({ form }: { readonly form: Form }) {
  const { t } = useTranslation('execute');
  return (
    <>
      {form.problem !== undefined && (
        <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
          {form.problem}
        </Alert>
      )}
      {form.formProblems.map(({ path, message }) => (
        <Alert key={path} color="yellow" icon={<IconAlertCircle size={18} />}>
          {t('formProblem', { path, message })}
        </Alert>
      ))}
    </>
  );
}

function Fields({ action, form }: PartProps) {
  const { t } = useTranslation('actions');
  const { inputs, steps, step } = form;
  const page = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);
  // The dialog itself puts the focus into the first page.
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else page.current?.querySelector<HTMLElement>('input:not([type=hidden]), textarea')?.focus();
  }, [step]);
  // To what stopped it, also for those who do not see the red.
  useEffect(() => {
    if (form.refusals > 0) page.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [form.refusals]);
  const nothing = steps.every((one) => one.inputs.length === 0) && !needsEntity(action);
  return (
    <>
      {steps.length > 1 && (
        <Stepper active={step} onStepClick={form.setStep} size="xs" iconSize={24}>
          {steps.map((one, at) => (
            <Stepper.Step
              key={`${one.title} ${at}`}
              label={one.title}
              {...(one.inputs.some(([name]) => form.errors[name] !== undefined) ? { color: 'red' } : {})}
            />
          ))}
        </Stepper>
      )}
      <div ref={page} className={classes['page']}>
        {step === 0 && needsEntity(action) && <Target action={action} form={form} />}
        {(steps[step]?.rows ?? []).map((row) =>
          row.kind === 'heading' ? (
            <FormHeading key={`heading ${row.key}`} heading={row.heading} />
          ) : (
            <InputField
              key={row.key}
              name={row.key}
              input={row.input}
              value={form.values[row.key]}
              required={requiredKeys(inputs).includes(row.key)}
              error={form.errors[row.key]}
              autoFocus={step === 0 && row.key === steps[0]?.inputs[0]?.[0] && !needsEntity(action)}
              onChange={(value) => form.setValue(row.key, value)}
            />
          ),
        )}
        {nothing && <p className={classes['nothing']}>{t('form.noInputs')}</p>}
      </div>
    </>
  );
}

/** The entity to act on, among those for which the action is offered. */
function Target({ action, form }: PartProps) {
  const { t } = useTranslation('actions');
  const { condition, blueprintIdentifier } = action.trigger;
  return (
    <EntityField
      input={{ type: 'string', ...(condition === undefined ? {} : { dataset: condition }) }}
      blueprint={blueprintIdentifier}
      value={form.entity}
      common={{
        label: t('form.entity'),
        description: t('form.entityHelp'),
        withAsterisk: true,
        error: form.shown && form.entity === null ? t('form.errors.required') : undefined,
        'data-autofocus': true,
      }}
      onChange={(next) => form.setEntity(typeof next === 'string' ? next : null)}
    />
  );
}

function Foot({ action, form, onClose }: PartProps & { readonly onClose: () => void }) {
  const { t } = useTranslation(['actions', 'execute']);
  const { steps, step } = form;
  const last = step === steps.length - 1;
  const empty = steps.every((one) => one.inputs.length === 0);
  return (
    <footer className={classes['foot']}>
      {step > 0 && (
        <Button variant="default" onClick={() => form.setStep(step - 1)}>
          {t('form.back')}
        </Button>
      )}
      <span className={classes['hint']}>
        {steps.length > 1 ? t('step', { ns: 'execute', step: step + 1, steps: steps.length }) : t('form.hint')}
      </span>
      <Button variant="default" onClick={onClose}>
        {t('form.cancel')}
      </Button>
      <Button
        type="submit"
        loading={form.pending}
        leftSection={last ? <IconPlayerPlay size={16} /> : undefined}
        {...(empty ? { 'data-autofocus': true } : {})}
      >
        {last ? (action.trigger.executeActionButtonText ?? t('form.execute')) : t('form.next')}
      </Button>
    </footer>
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
