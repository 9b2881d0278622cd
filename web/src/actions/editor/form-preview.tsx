import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Action } from '../../api/wire.ts';
import { defaultValues, formErrors, inputSteps, requiredKeys, type Values } from '../form-rules.ts';
import { InputField } from '../input-field.tsx';
import classes from './preview.module.css';
import { useEditor } from './use-action-editor.ts';

/** The form as people will see it, to be tried out; nothing is sent. */
export function FormPreview() {
  const { t } = useTranslation(['action-editor', 'actions']);
  const { edited } = useEditor();
  const action = edited.document as unknown as Action;
  const inputs = action.trigger?.userInputs;
  const [typed, setTyped] = useState<Values>({});
  const [checked, setChecked] = useState(false);
  const [chosen, setStep] = useState(0);
  const steps = inputSteps(inputs);
  const step = steps[Math.min(chosen, steps.length - 1)];
  const values = { ...defaultValues(inputs), ...typed };
  const errors = checked ? formErrors(inputs, values) : {};
  const nothing = steps.every((one) => one.inputs.length === 0);
  return (
    <div className={classes['preview']}>
      {steps.length > 1 && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('preview.steps')}
          value={String(Math.min(chosen, steps.length - 1))}
          data={steps.map((one, index) => ({ value: String(index), label: one.title || t('form.unnamed') }))}
          onChange={(next) => setStep(Number(next))}
        />
      )}
      {nothing && <p className={classes['quiet']}>{t('form.noInputs', { ns: 'actions' })}</p>}
      {(step?.inputs ?? []).map(([name, input]) => {
        const error = errors[name];
        return (
          <InputField
            key={`${name} ${input.type} ${input.format ?? ''}`}
            name={name}
            input={input}
            value={values[name]}
            required={requiredKeys(inputs).includes(name)}
            error={
              error === undefined ? undefined : t(`form.errors.${error.key}`, { ns: 'actions', limit: error.limit })
            }
            autoFocus={false}
            onChange={(value) => setTyped({ ...typed, [name]: value })}
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
              setTyped({});
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
