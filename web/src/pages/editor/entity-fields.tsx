import { MultiSelect, SegmentedControl, Select, Switch, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { EntityField } from '../../actions/entity-field.tsx';
import type { Blueprint } from '../../api/wire.ts';
import { blueprintsQuery } from '../../catalog/api.ts';
import { propertiesOf } from '../../catalog/columns.ts';
import { textOf, textsOf, type Widget } from '../widget.ts';
import type { FieldsProps } from './widget-panel.tsx';

interface OneEntityProps extends FieldsProps {
  /** The keys under which the widget names what it is about. */
  readonly keys: { readonly blueprint: string; readonly entity: string };
  readonly reset?: Parameters<FieldsProps['set']>[0];
}

/** One entity: of which blueprint, and which. */
function OneEntity({ widget, set, keys, reset }: OneEntityProps) {
  const { t } = useTranslation('pages');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const blueprint = textOf(widget, keys.blueprint);
  const entity = textOf(widget, keys.entity);
  return (
    <>
      <Select
        label={t('panel.blueprint')}
        data={blueprints.map((one) => ({ value: one.identifier, label: one.title }))}
        value={blueprint === '' ? null : blueprint}
        error={blueprint === '' && t('panel.needsBlueprint')}
        onChange={(name) => name !== null && set({ ...reset, [keys.blueprint]: name, [keys.entity]: '' })}
        allowDeselect={false}
        searchable
      />
      <EntityField
        key={blueprint}
        input={{ type: 'string' }}
        blueprint={blueprint}
        value={entity}
        common={{
          label: t('panel.entity'),
          error: blueprint !== '' && entity === '' ? t('panel.needsEntity') : undefined,
        }}
        onChange={(next) => set({ [keys.entity]: typeof next === 'string' ? next : '' })}
      />
    </>
  );
}

const ownBlueprint: Readonly<Record<string, string>> = { 'user-info': '_user', 'team-info': '_team' };

interface InfoFieldsProps extends FieldsProps {
  /** The blueprint that the page is about, where it is about one. */
  readonly main: Blueprint | undefined;
}

const named = { blueprint: 'blueprint', entity: 'entity' };
const isNamed = (widget: Widget): boolean => {
  const entity = textOf(widget, 'entity');
  return entity !== '' && !entity.includes('{{');
};

/** Whether it is always the same entity, chosen already or not. */
const isOne = (widget: Widget): boolean => isNamed(widget) || widget['entity'] === '';

/** The entity that the page is looked at for, or always the same one. */
export function WhichEntity({ widget, set, main }: InfoFieldsProps) {
  const { t } = useTranslation('pages');
  const one = isOne(widget);
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label={t('panel.which')}
        data={[
          { value: 'page', label: t('panel.ofPage') },
          { value: 'one', label: t('panel.always') },
        ]}
        value={one ? 'one' : 'page'}
        onChange={(value) => {
          if (value === 'page') set({ blueprint: undefined, entity: undefined });
          // Said, and not yet which: so it cannot be saved.
          else set({ blueprint: main?.identifier ?? ownBlueprint[widget.type] ?? '', entity: '' });
        }}
      />
      {one && <OneEntity widget={widget} set={set} keys={named} />}
    </>
  );
}

/** Which properties of the entity are shown, and which of them first. */
export function InfoFields({ widget, set, main }: InfoFieldsProps) {
  const { t } = useTranslation('pages');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const name = isNamed(widget) ? textOf(widget, 'blueprint') : ownBlueprint[widget.type];
  const blueprint = name === undefined ? main : blueprints.find((one) => one.identifier === name);
  const data = blueprint === undefined ? [] : propertiesOf(blueprint);
  const list = (key: 'hiddenQuery' | 'order') => {
    const value = [...textsOf(widget[key])];
    // What another blueprint has, or no longer has, stays until somebody takes it out.
    const others = value.filter((one) => data.every((property) => property.key !== one));
    return {
      value,
      data: [...data.map((one) => ({ value: one.key, label: one.title })), ...others],
      onChange: (next: string[]) => set({ [key]: next.length === 0 ? undefined : next }),
      disabled: data.length === 0 && value.length === 0,
      searchable: true,
    };
  };
  return (
    <>
      <WhichEntity widget={widget} set={set} main={main} />
      <MultiSelect label={t('panel.hidden')} {...list('hiddenQuery')} />
      <MultiSelect label={t('panel.first')} description={t('panel.firstHelp')} {...list('order')} />
      <Switch
        label={t('panel.showEmpty')}
        checked={widget['showEmptyValues'] !== false}
        onChange={(event) => set({ showEmptyValues: event.currentTarget.checked ? undefined : false })}
      />
    </>
  );
}

const ofProperty = { blueprint: 'blueprintIdentifier', entity: 'entityIdentifier' };

/** A text of its own, or what a property of an entity says. */
export function TextFields({ widget, set }: FieldsProps) {
  const { t } = useTranslation('pages');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const isOwn = widget['source'] !== 'property';
  const blueprint = blueprints.find((one) => one.identifier === textOf(widget, ofProperty.blueprint));
  const property = textOf(widget, 'propertyIdentifier');
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label={t('panel.source')}
        data={[
          { value: 'own', label: t('panel.ownText') },
          { value: 'property', label: t('panel.ofProperty') },
        ]}
        value={isOwn ? 'own' : 'property'}
        onChange={(value) =>
          value === 'own'
            ? set({ source: undefined, markdown: textOf(widget, 'markdown') })
            : set({ source: 'property' })
        }
      />
      {isOwn ? (
        <Textarea
          label={t('panel.markdown')}
          description={t('panel.markdownHelp', { template: '{{ .user.email }}' })}
          value={textOf(widget, 'markdown')}
          autosize
          minRows={8}
          maxRows={24}
          onChange={(event) => set({ markdown: event.currentTarget.value })}
        />
      ) : (
        <>
          <OneEntity widget={widget} set={set} keys={ofProperty} reset={{ propertyIdentifier: undefined }} />
          <Select
            label={t('panel.property')}
            data={(blueprint === undefined ? [] : propertiesOf(blueprint))
              .filter(({ schema }) => schema.type === 'string')
              .map(({ key, title }) => ({ value: key, label: title }))}
            value={property === '' ? null : property}
            error={blueprint !== undefined && property === '' && t('panel.needsProperty')}
            disabled={blueprint === undefined}
            onChange={(key) => key !== null && set({ propertyIdentifier: key })}
            allowDeselect={false}
            searchable
          />
        </>
      )}
    </>
  );
}
