import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Action, UserInput } from '../../api/wire.ts';
import { defaultValues, formErrors, inputSteps, requiredKeys } from '../form-rules.ts';
import { InputField } from '../input-field.tsx';
import classes from './preview.module.css';
import type { ResolvedForm } from './preview-api.ts';
import { useEditor } from './use-action-editor.ts';

type Steps = ReturnType<typeof inputSteps>;

/** Steps and inputs that are shown for what was entered so far. */
function shownSteps(steps: Steps, form: ResolvedForm | undefined): Steps {
  return steps
    .filter((_, index) => form?.steps[index]?.visible !== false)
    .map((step) => ({ ...step, inputs: step.inputs.filter(([name]) => form?.inputs[name]?.visible !== false) }));
}

/** An input with what was computed for it in the place of its expressions. */
function resolvedInput(input: UserInput, form: ResolvedForm | undefined, name: string): UserInput {
  const resolved = form?.inputs[name];
  const { enum: choices, ...rest } = input;
  const given = resolved?.enum ?? (Array.isArray(choices) ? choices : undefined);
  return { ...rest, ...(given === undefined ? {} : { enum: given }), disabled: resolved?.disabled ?? input.disabled };
}

/** The form as people will see it, to be tried out; nothing is sent. */
export function FormPreview() {
  const { t } = useTranslation(['action-editor', 'actions']);
  const { edited, sample, setSample, checks } = useEditor();
  const inputs = (edited.document as unknown as Action).trigger?.userInputs;
  const { form } = checks;
  const [checked, setChecked] = useState(false);
  const [chosen, setStep] = useState(0);
  const steps = shownSteps(inputSteps(inputs), form);
  const current = Math.max(0, Math.min(chosen, steps.length - 1));
  const values = { ...defaultValues(inputs), ...form?.values, ...sample.values };
  const errors = checked ? formErrors(inputs, values) : {};
  const nothing = steps.every((one) => one.inputs.length === 0);
  return (
    <div className={classes['preview']}>
      {steps.length > 1 && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('preview.steps')}
          value={String(current)}
          data={steps.map((one, index) => ({ value: String(index), label: one.title || t('form.unnamed') }))}
          onChange={(next) => setStep(Number(next))}
        />
      )}
      {nothing && <p className={classes['quiet']}>{t('form.noInputs', { ns: 'actions' })}</p>}
      {(steps[current]?.inputs ?? []).map(([name, input]) => {
        const error = errors[name];
        return (
          <InputField
            key={`${name} ${input.type} ${input.format ?? ''}`}
            name={name}
            input={resolvedInput(input, form, name)}
            value={values[name]}
            required={form?.inputs[name]?.required ?? requiredKeys(inputs).includes(name)}
            error={
              error === undefined ? undefined : t(`form.errors.${error.key}`, { ns: 'actions', limit: error.limit })
            }
            autoFocus={false}
            onChange={(value) => setSample({ ...sample, values: { ...sample.values, [name]: value } })}
          />
        );
      })}
      {!nothing && (
        <div className={classes['foot']}>
          <Button size="xs" variant="default" onClick={() => setChecked(true)}>
            {t('preview.check')}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            onClick={() => {
              setSample({ values: {}, entity: sample.entity });
              setChecked(false);
            }}
          >
            {t('preview.reset')}
          </Button>
        </div>
      )}
    </div>
  );
}
