import { Alert, SegmentedControl, Select, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { helpBelow } from '../../ui/field-layout.ts';
import { blueprintsQuery } from '../api.ts';
import { textAt } from './blueprint-edits.ts';
import classes from './builder.module.css';
import type { FieldPart } from './fields-tab.tsx';
import { useEditor } from './use-blueprint-editor.ts';

/** Blueprints to point at, the one being written among them. */
export function useTargets(): { readonly value: string; readonly label: string }[] {
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { draft, stored } = useEditor();
  const own = textAt(draft, 'identifier');
  const all = blueprints.map((one) => ({ value: one.identifier, label: one.title }));
  return stored === null && own !== '' ? [{ value: own, label: textAt(draft, 'title') || own }, ...all] : all;
}

/** What a relation points at, at how many, and whether it has to. */
export function RelationSettings({ field, definition, set, change, errorOf }: FieldPart) {
  const { t } = useTranslation('data-model');
  const { isStored } = useEditor();
  const targets = useTargets();
  const many = definition['many'] === true;
  return (
    <>
      <Select
        label={t('relation.target')}
        description={t('relation.targetHelp')}
        inputWrapperOrder={helpBelow}
        withAsterisk
        searchable
        allowDeselect={false}
        error={errorOf('target')}
        data={targets}
        value={textAt(definition, 'target') || null}
        onChange={(target) => set('target', target ?? '')}
      />
      {isStored(field) && <Alert variant="light">{t('relation.stored')}</Alert>}
      <div>
        <span className={classes['label']}>{t('relation.count')}</span>
        <SegmentedControl
          aria-label={t('relation.count')}
          value={many ? 'many' : 'one'}
          data={['one', 'many'].map((value) => ({ value, label: t(`relation.${value}`) }))}
          onChange={(next) =>
            change({ ...definition, many: next === 'many', ...(next === 'many' ? { required: false } : {}) })
          }
        />
      </div>
      <Switch
        label={t('relation.required')}
        description={many ? t('relation.requiredMany') : t('relation.requiredHelp')}
        disabled={many}
        error={errorOf('required')}
        checked={definition['required'] === true}
        onChange={(event) => set('required', event.currentTarget.checked)}
      />
    </>
  );
}
