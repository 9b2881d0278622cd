import { Select, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EntityField } from '../../actions/entity-field.tsx';
import { ChoiceList } from '../../actions/editor/choice-list.tsx';
import { isPlain } from '../../actions/editor/paths.ts';
import type { Json, PropertySchema } from '../../api/wire.ts';
import { helpBelow } from '../../ui/field-layout.ts';
import { useErrorWords } from '../../ui/states.tsx';
import { PropertyValue } from '../property-value.tsx';
import { type Definition, textAt } from './blueprint-edits.ts';
import classes from './builder.module.css';
import type { FieldPart } from './fields-tab.tsx';
import { calculationQuery, type TestedCalculation } from './model-api.ts';
import { useEditor } from './use-blueprint-editor.ts';

const types = ['string', 'number', 'boolean', 'object', 'array'];
const formats = ['date-time', 'url', 'email', 'user', 'team', 'markdown', 'yaml'];
const TYPING_MS = 350;

/** A jq expression, with what it gives over a real entity beside it. */
export function CalculationSettings(part: FieldPart) {
  const { t } = useTranslation('data-model');
  const { definition, set, change, errorOf } = part;
  const colours = isPlain(definition['colors']) ? definition['colors'] : {};
  return (
    <>
      <div className={classes['two']}>
        <Select
          label={t('calculation.type')}
          allowDeselect={false}
          error={errorOf('type')}
          data={types.map((value) => ({ value, label: t(`type.${value}`) }))}
          value={textAt(definition, 'type') || 'string'}
          onChange={(type) => set('type', type ?? 'string')}
        />
        {definition['type'] === 'string' && (
          <Select
            label={t('calculation.format')}
            clearable
            error={errorOf('format')}
            data={formats.map((value) => ({ value, label: t(`kind.${value}`) }))}
            value={textAt(definition, 'format') || null}
            onChange={(format) => set('format', format ?? undefined)}
          />
        )}
      </div>
      <Textarea
        label={t('calculation.expression')}
        description={t('calculation.help')}
        inputWrapperOrder={helpBelow}
        autosize
        minRows={3}
        maxRows={14}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
        error={errorOf('calculation')}
        value={textAt(definition, 'calculation')}
        onChange={(event) => set('calculation', event.currentTarget.value)}
      />
      <LiveResult definition={definition} />
      <div className={classes['part']}>
        <h3>{t('calculation.colours')}</h3>
        <ChoiceList
          values={Object.keys(colours)}
          numbers={false}
          colours={colours}
          onChange={(values) => change(coloured(definition, colours, values.map(String)))}
          onColours={(next) => change({ ...definition, colorized: true, colors: { ...colours, ...next } })}
        />
      </div>
    </>
  );
}

/** The named values with the colours they have; a renamed one keeps the colour of its place. */
function coloured(
  definition: Definition,
  before: Readonly<Record<string, unknown>>,
  values: readonly string[],
): Definition {
  const old = Object.entries(before);
  const colors = Object.fromEntries(
    values.map((value, at) => [value, before[value] ?? (old.length === values.length ? old[at]?.[1] : 'lightGray')]),
  );
  if (values.length > 0) return { ...definition, colorized: true, colors };
  const { colors: _, colorized: __, ...rest } = definition;
  return rest;
}

function LiveResult({ definition }: { readonly definition: Definition }) {
  const { t } = useTranslation('data-model');
  const { stored } = useEditor();
  const words = useErrorWords();
  const [entity, setEntity] = useState<string>();
  const [calculation] = useDebouncedValue(textAt(definition, 'calculation').trim(), TYPING_MS);
  const blueprint = stored === null ? '' : textAt(stored.draft, 'identifier');
  const result = useQuery({
    ...calculationQuery(blueprint, {
      calculation,
      type: textAt(definition, 'type') || 'string',
      ...(entity === undefined ? {} : { entity }),
    }),
    enabled: blueprint !== '' && calculation !== '',
    placeholderData: (before) => before,
  });
  if (blueprint === '') return <p className={classes['help']}>{t('live.unsaved')}</p>;
  const tested = result.data;
  return (
    <div className={classes['live']} aria-busy={result.isFetching}>
      <EntityField
        input={{ type: 'string' }}
        blueprint={blueprint}
        value={entity ?? tested?.entity.identifier}
        common={{ label: t('live.over'), description: undefined, withAsterisk: false, error: undefined }}
        onChange={(next) => setEntity(typeof next === 'string' ? next : undefined)}
      />
      {result.isError && <p className={classes['error']}>{words(result.error)}</p>}
      {tested !== undefined && !result.isError && <Outcome tested={tested} definition={definition} />}
    </div>
  );
}

function Outcome({ tested, definition }: { readonly tested: TestedCalculation; readonly definition: Definition }) {
  const { t } = useTranslation('data-model');
  const { problem, fits, value } = tested;
  const nothing =
    value === null ? t('live.nothing') : t('live.otherType', { value: JSON.stringify(value).slice(0, 200) });
  return (
    <div className={classes['result']} data-bad={problem !== null || !fits || undefined} role="status">
      {problem === null && fits ? (
        <IconCircleCheck size={16} aria-hidden />
      ) : (
        <IconAlertTriangle size={16} aria-hidden />
      )}
      {problem !== null && <code>{problem}</code>}
      {problem === null && fits && <PropertyValue value={value as Json} schema={shownAs(definition)} />}
      {problem === null && !fits && <span>{nothing}</span>}
    </div>
  );
}

const shownAs = (definition: Definition): PropertySchema =>
  ({ ...definition, ...(isPlain(definition['colors']) ? { enumColors: definition['colors'] } : {}) }) as never;
