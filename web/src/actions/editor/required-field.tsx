import { useTranslation } from 'react-i18next';
import { ComputedField } from './computed-field.tsx';
import { useField } from './use-action-editor.ts';

/** Which inputs are needed may be computed for the whole form. */
export function RequiredField({ query }: { readonly query: string | undefined }) {
  const { t } = useTranslation('action-editor');
  const { value, set, error } = useField(['trigger', 'userInputs', 'required']);
  return (
    <ComputedField
      label={t('form.required')}
      value={query === undefined ? undefined : value}
      error={error}
      example='if .form.x == "y" then ["z"] else [] end'
      choices={[{ name: 'each', label: t('form.requiredEach'), value: [] }]}
      nameOf={() => 'each'}
      onChange={set}
    />
  );
}
