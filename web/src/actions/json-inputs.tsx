import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserInputs } from '../api/wire.ts';
import { toProperties, type Values } from './form-rules.ts';
import { isSecret, withoutSecrets } from './live-form.ts';

interface JsonInputsProps {
  readonly inputs: UserInputs;
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}

/** The same inputs as one JSON object. What does not parse stays here and changes nothing. */
export function JsonInputs({ inputs, values, onChange }: JsonInputsProps) {
  const { t } = useTranslation('execute');
  const [text, setText] = useState(() => JSON.stringify(toProperties(inputs, withoutSecrets(inputs, values)), null, 2));
  const parsed = parse(text);
  const unknown = Object.keys(parsed ?? {}).find((key) => !Object.hasOwn(inputs.properties ?? {}, key));
  const secrets = Object.values(inputs.properties ?? {}).some(isSecret);
  return (
    <Textarea
      autosize
      minRows={10}
      maxRows={24}
      spellCheck={false}
      data-autofocus
      label={t('json.label')}
      description={secrets ? t('json.helpSecrets') : t('json.help')}
      styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
      value={text}
      error={
        parsed === undefined
          ? t('json.invalid')
          : unknown === undefined
            ? undefined
            : t('json.unknown', { key: unknown })
      }
      onChange={(event) => {
        setText(event.currentTarget.value);
        const next = parse(event.currentTarget.value);
        if (next !== undefined) onChange(withoutSecrets(inputs, next));
      }}
    />
  );
}

function parse(text: string): Values | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : undefined;
  } catch {
    return undefined;
  }
}
