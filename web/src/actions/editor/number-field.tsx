import { NumberInput } from '@mantine/core';
import classes from './editor.module.css';
import { helpBelow } from '../../ui/field-layout.ts';
import type { Path } from './paths.ts';
import { useField } from './use-action-editor.ts';

interface NumberFieldProps {
  readonly path: Path;
  readonly label: string;
  readonly help?: string;
  readonly max: number;
  /** Stands behind the number, such as its unit. */
  readonly unit?: string;
}

/** A whole number of the definition, from one on; empty takes the key away. */
export function NumberField({ path, label, help, max, unit }: NumberFieldProps) {
  const { value, set, error } = useField(path);
  return (
    <NumberInput
      label={label}
      description={help}
      inputWrapperOrder={helpBelow}
      error={error}
      min={1}
      max={max}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="none"
      hideControls
      {...(unit === undefined
        ? {}
        : { rightSection: <span className={classes['unit']}>{unit}</span>, rightSectionWidth: 56 })}
      value={typeof value === 'number' ? value : ''}
      onChange={(next) => set(typeof next === 'number' ? next : undefined)}
    />
  );
}
