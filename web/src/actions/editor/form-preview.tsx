import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Action } from '../../api/wire.ts';
import { FormHeading } from '../form-heading.tsx';
import { inputSteps } from '../form-layout.ts';
import { formErrors, requiredKeys } from '../form-rules.ts';
import { InputField } from '../input-field.tsx';
import { effectiveInputs, shownValues } from '../live-form.ts';
import classes from './preview.module.css';
import { useEditor } from './use-action-editor.ts';

/** The form as people will see it, to be tried out; nothing is sent. */
export function FormPreview() {
  const { t } = useTranslation(['action-editor', 'actions']);
  const { edited, sample, setSample, checks } = useEditor();
  const inputs = (edited.document as unknown as Action).trigger?.userInputs;
  const [checked, setChecked] = useState(false);
  const [chosen, setStep] = useState(0);
  const shown = effectiveInputs(inputs, checks.form);
  const steps = inputSteps(shown);
  const current = Math.max(0, Math.min(chosen, steps.length - 1));
  const values = shownValues(shown, sample.values);
  const errors = checked ? formErrors(shown, values) : {};
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
      {(steps[current]?.rows ?? []).map((row) => {
        if (row.kind === 'heading') return <FormHeading key={`heading ${row.key}`} heading={row.heading} />;
        const { key: name, input } = row;
        const error = errors[name];
        return (
          <InputField
            key={`${name} ${input.type} ${input.format ?? ''}`}
            name={name}
            input={input}
            value={values[name]}
            required={requiredKeys(shown).includes(name)}
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
