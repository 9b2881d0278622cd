import { Button, Menu, ScrollArea } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowRight,
  IconBrackets,
  IconChartBar,
  IconCopy,
  IconForms,
  IconFunction,
  IconPlus,
  type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/states.tsx';
import { AggregationSettings } from './aggregation-settings.tsx';
import {
  type Definition,
  definitionAt,
  faultAt,
  fieldKinds,
  type FieldKind,
  type FieldRef,
  fieldsOf,
  freeKey,
  nameOf,
  pathOf,
  requiredOf,
  textAt,
} from './blueprint-edits.ts';
import classes from './builder.module.css';
import { CalculationSettings } from './calculation-settings.tsx';
import { FieldHead } from './field-head.tsx';
import { MirrorSettings } from './mirror-settings.tsx';
import { kindOf, propertyKinds } from './property-kinds.ts';
import { PropertySettings } from './property-settings.tsx';
import { RelationSettings } from './relation-settings.tsx';
import { useEditor } from './use-blueprint-editor.ts';

interface FieldsTabProps {
  readonly chosen: FieldRef | undefined;
  readonly onChoose: (name: string | undefined) => void;
}

/** What entities of the blueprint have: every field at the left, everything about the chosen one at the right. */
export function FieldsTab({ chosen, onChoose }: FieldsTabProps) {
  const { t } = useTranslation('data-model');
  const { draft, setField } = useEditor();
  const definition = chosen === undefined ? undefined : definitionAt(draft, chosen);
  const isEmpty = fieldKinds.every((kind) => fieldsOf(draft, kind).length === 0);
  const add = (kind: FieldKind, wanted: string, starts: Definition): void => {
    const field = { kind, key: freeKey(draft, wanted) };
    setField(field, starts);
    onChoose(nameOf(field));
  };
  return (
    <div className={classes['fields']} data-chosen={definition !== undefined || undefined}>
      <div className={classes['left']}>
        {fieldKinds.map((kind) => (
          <FieldGroup key={kind} kind={kind} chosen={chosen} onChoose={onChoose} />
        ))}
        <AddField onAdd={add} />
      </div>
      <div className={classes['right']}>
        {chosen !== undefined && definition !== undefined ? (
          <FieldPanel key={nameOf(chosen)} field={chosen} definition={definition} onChoose={onChoose} />
        ) : (
          <EmptyState icon={IconForms} title={t(isEmpty ? 'fields.empty' : 'fields.choose')}>
            {t(isEmpty ? 'fields.emptyHelp' : 'fields.chooseHelp')}
          </EmptyState>
        )}
      </div>
    </div>
  );
}

const marks: Readonly<Record<Exclude<FieldKind, 'property'>, Icon>> = {
  relation: IconArrowRight,
  mirror: IconCopy,
  calculation: IconFunction,
  aggregation: IconChartBar,
};

const markOf = (kind: FieldKind, definition: Definition): Icon =>
  kind === 'property' ? kindOf(definition).icon : marks[kind];

interface FieldGroupProps extends FieldsTabProps {
  readonly kind: FieldKind;
}

function FieldGroup({ kind, chosen, onChoose }: FieldGroupProps) {
  const { t } = useTranslation('data-model');
  const { draft, faults } = useEditor();
  const fields = fieldsOf(draft, kind);
  if (fields.length === 0) return null;
  const required = requiredOf(draft);
  return (
    <section className={classes['group']}>
      <h2>
        {t(`group.${kind}`)} <small>{fields.length}</small>
      </h2>
      <ul>
        {fields.map((field) => {
          const definition = definitionAt(draft, field) ?? {};
          const Mark = markOf(kind, definition);
          const needed = kind === 'property' ? required.includes(field.key) : definition['required'] === true;
          return (
            <li key={field.key}>
              <button
                type="button"
                aria-pressed={chosen?.kind === kind && chosen.key === field.key}
                onClick={() => onChoose(nameOf(field))}
              >
                <Mark size={16} stroke={1.6} aria-hidden />
                <span>{textAt(definition, 'title') || field.key}</span>
                {needed && <em title={t('field.required')}>*</em>}
                {faultAt(faults, pathOf(field)) !== undefined && <em>{t('faulty')}</em>}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface AddFieldProps {
  readonly onAdd: (kind: FieldKind, wanted: string, starts: Definition) => void;
}

/** Properties by kind, and what else a blueprint may have. */
function AddField({ onAdd }: AddFieldProps) {
  const { t } = useTranslation('data-model');
  return (
    <div className={classes['add']}>
      <Menu position="bottom-start" width={260}>
        <Menu.Target>
          <Button size="xs" variant="light" leftSection={<IconPlus size={15} />}>
            {t('add.property')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <ScrollArea.Autosize mah={380} type="auto">
            {propertyKinds
              .filter(({ id }) => id !== 'other' && id !== 'any-list')
              .map((kind) => (
                <Menu.Item
                  key={kind.id}
                  leftSection={<kind.icon size={16} stroke={1.6} />}
                  onClick={() =>
                    onAdd('property', kind.id.replaceAll('-', '_'), { title: t(`kind.${kind.id}`), ...kind.starts })
                  }
                >
                  {t(`kind.${kind.id}`)}
                </Menu.Item>
              ))}
          </ScrollArea.Autosize>
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-start" width={280}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBrackets size={15} />}>
            {t('add.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(Object.keys(marks) as (keyof typeof marks)[]).map((kind) => {
            const Mark = marks[kind];
            return (
              <Menu.Item
                key={kind}
                leftSection={<Mark size={16} stroke={1.6} />}
                onClick={() => onAdd(kind, kind, { title: t(`one.${kind}`), ...starts[kind] })}
              >
                <span className={classes['choice']}>
                  <strong>{t(`one.${kind}`)}</strong>
                  <small>{t(`oneHelp.${kind}`)}</small>
                </span>
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

const starts: Readonly<Record<keyof typeof marks, Definition>> = {
  relation: { target: '', required: false, many: false },
  mirror: { path: '' },
  calculation: { type: 'string', calculation: '.title' },
  aggregation: { type: 'number', target: '', calculationSpec: { calculationBy: 'entities', func: 'count' } },
};

interface FieldPanelProps {
  readonly field: FieldRef;
  readonly definition: Definition;
  readonly onChoose: (name: string | undefined) => void;
}

/** What the settings of a field work with. */
export interface FieldPart {
  readonly field: FieldRef;
  readonly definition: Definition;
  readonly set: (key: string, value: unknown) => void;
  readonly change: (definition: Definition) => void;
  readonly errorOf: (key: string) => string | undefined;
}

function FieldPanel({ field, definition, onChoose }: FieldPanelProps) {
  const { t } = useTranslation('data-model');
  const { setField, faults } = useEditor();
  const change = (next: Definition): void => setField(field, next);
  const part: FieldPart = {
    field,
    definition,
    change,
    set: (key, value) => {
      const rest = Object.fromEntries(Object.entries(definition).filter(([one]) => one !== key));
      change(value === undefined ? rest : { ...definition, [key]: value });
    },
    errorOf: (key) => faultAt(faults, [...pathOf(field), key]),
  };
  return (
    <div className={classes['panel']}>
      <div className={classes['back']}>
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconArrowLeft size={15} />}
          onClick={() => onChoose(undefined)}
        >
          {t('fields.back')}
        </Button>
      </div>
      <FieldHead {...part} onChoose={onChoose} />
      {field.kind === 'property' && <PropertySettings {...part} />}
      {field.kind === 'relation' && <RelationSettings {...part} />}
      {field.kind === 'mirror' && <MirrorSettings {...part} />}
      {field.kind === 'calculation' && <CalculationSettings {...part} />}
      {field.kind === 'aggregation' && <AggregationSettings {...part} />}
    </div>
  );
}
