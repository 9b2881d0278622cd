import { Alert } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { NamedIcon } from '../../ui/icon.tsx';
import { BackendFields } from './backend-fields.tsx';
import { type BackendKind, backendKindOf, backendKinds } from './backends.ts';
import classes from './editor.module.css';
import { JsonField, Section } from './fields.tsx';
import { errorAt } from './placed-errors.ts';
import { recordOf, useEditor, useField } from './use-action-editor.ts';

const path = ['invocationMethod'] as const;

/** What does the work: a backend, and what is sent to it. */
export function BackendTab() {
  const { t } = useTranslation('action-editor');
  const editor = useEditor();
  const { value, set } = useField(path);
  const method = recordOf(value);
  const shown = backendKindOf(method);
  const choose = (next: BackendKind): void => {
    if (next.id === shown?.id) return;
    if (shown !== undefined) editor.keptMethods.set(shown.id, method);
    editor.mendBelow('invocationMethod');
    set(editor.keptMethods.get(next.id) ?? next.starts);
  };
  const general = errorAt(editor.errors, path) ?? errorAt(editor.errors, [...path, 'type']);
  return (
    <>
      <Section title={t('backend.which')} help={t('backend.whichHelp')}>
        <div className={classes['backends']} role="radiogroup" aria-label={t('backend.which')}>
          {backendKinds.map((one) => (
            <BackendCard key={one.id} kind={one} chosen={one.id === shown?.id} onChoose={() => choose(one)} />
          ))}
        </div>
      </Section>
      {general !== undefined && (
        <Alert color="red" role="alert">
          {general}
        </Alert>
      )}
      {shown === undefined ? (
        <JsonField path={path} label={t('backend.other')} help={t('backend.otherHelp')} />
      ) : (
        <BackendFields key={shown.id} kind={shown.id} />
      )}
      <Alert color="gray" variant="light" icon={<IconInfoCircle size={18} />}>
        {t('backend.templates', { open: '{{', close: '}}' })}
      </Alert>
    </>
  );
}

interface BackendCardProps {
  readonly kind: BackendKind;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function BackendCard({ kind, chosen, onChoose }: BackendCardProps) {
  const { t } = useTranslation('action-editor');
  return (
    <label className={classes['card']} data-checked={chosen || undefined}>
      <input
        type="radio"
        name="backend"
        className="visually-hidden"
        value={kind.id}
        checked={chosen}
        onChange={onChoose}
      />
      <NamedIcon name={kind.icon} size={20} />
      <span>
        <strong>{t(`backends.${kind.id}.title`)}</strong>
        <small>{t(`backends.${kind.id}.help`)}</small>
      </span>
    </label>
  );
}
