import { ActionIcon, Button, MultiSelect, SegmentedControl, Select } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { teamsQuery } from '../../access/api.ts';
import type { Blueprint, Json } from '../../api/wire.ts';
import { inheritsTeam, isBlank } from '../form/entity-draft.ts';
import { PropertyField } from '../form/property-field.tsx';
import { RelationField } from '../form/relation-field.tsx';
import type { BulkWork } from './bulk-api.ts';
import classes from './bulk.module.css';

/** What is set, by key; null empties it, undefined is not said yet. */
export type Edits = Readonly<Record<string, Json | undefined>>;

interface BulkEditFormProps {
  readonly blueprint: Blueprint;
  readonly edits: Edits;
  readonly onEdits: (edits: Edits) => void;
  readonly onCancel: () => void;
  readonly onNext: () => void;
}

export function workOf(blueprint: Blueprint, edits: Edits): BulkWork {
  const given = Object.entries(edits).filter((pair): pair is [string, Json] => pair[1] !== undefined);
  const part = (keys: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> =>
    Object.fromEntries(given.filter(([key]) => Object.hasOwn(keys, key)));
  const [properties, relations] = [part(blueprint.schema.properties), part(blueprint.relations)];
  const team = edits['$team'];
  return {
    kind: 'edit',
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(Object.keys(relations).length === 0 ? {} : { relations }),
    ...(team === undefined ? {} : { team: team ?? [] }),
  };
}

/** Chosen fields and what they become; all others stay as they are. */
export function BulkEditForm({ blueprint, edits, onEdits, onCancel, onNext }: BulkEditFormProps) {
  const { t } = useTranslation(['table', 'catalog']);
  const choices = [
    ...(inheritsTeam(blueprint) ? [] : [{ value: '$team', label: t('catalog:team.title') }]),
    ...Object.entries(blueprint.schema.properties).map(([key, { title }]) => ({ value: key, label: title ?? key })),
    ...Object.entries(blueprint.relations).map(([key, { title }]) => ({ value: key, label: title ?? key })),
  ];
  const left = choices.filter(({ value }) => !Object.hasOwn(edits, value));
  const set = (key: string, value: Json | undefined): void => onEdits({ ...edits, [key]: value });
  const drop = (key: string): void => onEdits(Object.fromEntries(Object.entries(edits).filter(([one]) => one !== key)));
  const isReady = Object.values(edits).some((value) => value !== undefined);
  return (
    <form
      className={classes['parts']}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onNext();
      }}
    >
      <p className={classes['calm']}>{t('bulk.editHelp')}</p>
      {Object.keys(edits).map((key) => (
        <EditedField
          key={key}
          blueprint={blueprint}
          name={key}
          title={choices.find((one) => one.value === key)?.label ?? key}
          value={edits[key]}
          onChange={(value) => set(key, value)}
          onDrop={() => drop(key)}
        />
      ))}
      <Select
        searchable
        data-autofocus
        label={t('bulk.addField')}
        placeholder={t('bulk.chooseField')}
        data={left}
        value={null}
        disabled={left.length === 0}
        onChange={(key) => key !== null && set(key, undefined)}
      />
      <div className={classes['buttons']}>
        <Button variant="default" onClick={onCancel}>
          {t('views.cancel')}
        </Button>
        <Button type="submit" disabled={!isReady}>
          {t('bulk.next')}
        </Button>
      </div>
    </form>
  );
}

interface EditedFieldProps {
  readonly blueprint: Blueprint;
  readonly name: string;
  readonly title: string;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
  readonly onDrop: () => void;
}

function EditedField({ blueprint, name, title, value, onChange, onDrop }: EditedFieldProps) {
  const { t } = useTranslation('table');
  return (
    <fieldset className={classes['field']}>
      <legend className="visually-hidden">{title}</legend>
      <div className={classes['field-head']}>
        <SegmentedControl
          size="xs"
          aria-label={t('bulk.how', { field: title })}
          value={value === null ? 'empty' : 'set'}
          data={[
            { value: 'set', label: t('bulk.set') },
            { value: 'empty', label: t('bulk.empty') },
          ]}
          onChange={(next) => onChange(next === 'empty' ? null : undefined)}
        />
        <ActionIcon variant="subtle" size="sm" aria-label={t('bulk.drop', { field: title })} onClick={onDrop}>
          <IconX size={14} />
        </ActionIcon>
      </div>
      {value === null ? (
        <p className={classes['calm']}>{t('bulk.becomesEmpty', { field: title })}</p>
      ) : (
        <ValueField blueprint={blueprint} name={name} value={value} onChange={onChange} />
      )}
    </fieldset>
  );
}

function ValueField({
  blueprint,
  name,
  value,
  onChange,
}: Pick<EditedFieldProps, 'blueprint' | 'name' | 'value' | 'onChange'>) {
  const { t } = useTranslation('catalog');
  const [broken, setBroken] = useState<string>();
  const { data: teams = [] } = useQuery(teamsQuery);
  const change = (next: unknown): void => onChange(isBlank(next) && next !== false ? undefined : (next as Json));
  const schema = blueprint.schema.properties[name];
  const relation = blueprint.relations[name];
  if (schema !== undefined) {
    return (
      <PropertyField
        name={name}
        schema={schema}
        value={value}
        required={false}
        error={undefined}
        broken={broken}
        onBroken={setBroken}
        onChange={change}
      />
    );
  }
  if (relation !== undefined) {
    return <RelationField name={name} relation={relation} value={value} error={undefined} onChange={change} />;
  }
  const given = Array.isArray(value) ? (value as readonly string[]) : [];
  return (
    <MultiSelect
      searchable
      clearable
      label={t('team.title')}
      data={[...new Set([...teams.map((one) => one.name), ...given])]}
      value={[...given]}
      onChange={change}
    />
  );
}
