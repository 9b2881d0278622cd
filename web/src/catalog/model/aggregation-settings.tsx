import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { JsonBlock } from '../../actions/editor/fields.tsx';
import { isPlain } from '../../actions/editor/paths.ts';
import { RuleList, simpleQuery } from '../../actions/editor/rule-list.tsx';
import { helpBelow } from '../../ui/field-layout.ts';
import { blueprintsQuery } from '../api.ts';
import { propertiesOf } from '../columns.ts';
import { type Definition, recordAt, textAt } from './blueprint-edits.ts';
import classes from './builder.module.css';
import { DerivedPreview } from './derived-preview.tsx';
import type { FieldPart } from './fields-tab.tsx';
import { PathPicker } from './path-picker.tsx';
import { useTargets } from './relation-settings.tsx';
import { useEditor } from './use-blueprint-editor.ts';

const functions = ['count', 'sum', 'average', 'min', 'max', 'median', 'countPer', 'averagePer'] as const;
type Func = (typeof functions)[number];
const intervals = ['hour', 'day', 'week', 'month'];

/** What a specification does, as people say it. */
function funcOf(spec: Definition): Func {
  const { calculationBy, func, averageOf } = spec;
  if (calculationBy === 'entities') return func === 'average' ? 'countPer' : 'count';
  if (func === 'average' && averageOf !== undefined && averageOf !== 'total') return 'averagePer';
  return functions.find((one) => one === func) ?? 'sum';
}

function specOf(func: Func, before: Definition): Definition {
  const property = textAt(before, 'property');
  const time = textAt(before, 'measureTimeBy') === '' ? {} : { measureTimeBy: before['measureTimeBy'] };
  const per = textAt(before, 'averageOf') || 'day';
  const interval = per === 'total' ? 'day' : per;
  switch (func) {
    case 'count':
      return { calculationBy: 'entities', func: 'count' };
    case 'countPer':
      return { calculationBy: 'entities', func: 'average', averageOf: interval, ...time };
    case 'averagePer':
      return { calculationBy: 'property', property, func: 'average', averageOf: interval, ...time };
    case 'average':
      return { calculationBy: 'property', property, func: 'average', averageOf: 'total' };
    default:
      return { calculationBy: 'property', property, func };
  }
}

/** What is computed from; titles and the like make no difference. */
const sendable = ({ target, calculationSpec, query, pathFilter }: Definition): Definition => ({
  target,
  calculationSpec,
  ...(query === undefined ? {} : { query }),
  ...(pathFilter === undefined ? {} : { pathFilter }),
});

/** A number over everything related: of what, how, and of which of them. */
export function AggregationSettings(part: FieldPart) {
  const { t } = useTranslation('data-model');
  const { definition, set, errorOf } = part;
  const targets = useTargets();
  const spec = recordAt(definition, ['calculationSpec']);
  const func = funcOf(spec);
  return (
    <>
      <div className={classes['two']}>
        <Select
          label={t('aggregation.target')}
          description={t('aggregation.targetHelp')}
          inputWrapperOrder={helpBelow}
          withAsterisk
          searchable
          allowDeselect={false}
          error={errorOf('target')}
          data={targets}
          value={textAt(definition, 'target') || null}
          onChange={(target) => set('target', target ?? '')}
        />
        <Select
          label={t('aggregation.func')}
          allowDeselect={false}
          error={errorOf('calculationSpec')}
          data={functions.map((value) => ({ value, label: t(`func.${value}`) }))}
          value={func}
          onChange={(next) => set('calculationSpec', specOf(functions.find((one) => one === next) ?? 'count', spec))}
        />
      </div>
      <Measured {...part} spec={spec} func={func} />
      <Narrowing {...part} />
      <DerivedPreview
        kind="aggregation"
        definition={sendable(definition)}
        ready={
          textAt(definition, 'target') !== '' &&
          (spec['calculationBy'] !== 'property' || textAt(spec, 'property') !== '')
        }
        schema={{ type: 'number' }}
      />
    </>
  );
}

interface MeasuredProps extends FieldPart {
  readonly spec: Definition;
  readonly func: Func;
}

function Measured({ definition, set, spec, func }: MeasuredProps) {
  const { t } = useTranslation('data-model');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const target = blueprints.find((one) => one.identifier === definition['target']);
  const properties = target === undefined ? [] : propertiesOf(target);
  const put = (key: string, value: string | null): void => {
    const { [key]: _, ...rest } = spec;
    set('calculationSpec', value === null ? rest : { ...rest, [key]: value });
  };
  const options = (fits: (schema: (typeof properties)[number]['schema']) => boolean) =>
    properties.filter(({ schema }) => fits(schema)).map((one) => ({ value: one.key, label: one.title }));
  const isPer = func === 'countPer' || func === 'averagePer';
  return (
    <div className={classes['two']}>
      {spec['calculationBy'] === 'property' && (
        <Select
          label={t('aggregation.property')}
          withAsterisk
          searchable
          data={options((schema) => schema.type === 'number')}
          value={textAt(spec, 'property') || null}
          onChange={(next) => put('property', next ?? '')}
        />
      )}
      {isPer && (
        <>
          <Select
            label={t('aggregation.interval')}
            allowDeselect={false}
            data={intervals.map((value) => ({ value, label: t(`interval.${value}`) }))}
            value={textAt(spec, 'averageOf') || 'day'}
            onChange={(next) => put('averageOf', next)}
          />
          <Select
            label={t('aggregation.time')}
            clearable
            placeholder={t('meta.createdAt')}
            data={options((schema) => schema.format === 'date-time')}
            value={textAt(spec, 'measureTimeBy') || null}
            onChange={(next) => put('measureTimeBy', next)}
          />
        </>
      )}
    </div>
  );
}

function Narrowing({ field, definition, set, errorOf }: FieldPart) {
  const { t } = useTranslation('data-model');
  const editor = useEditor();
  const query = simpleQuery(definition['query']);
  const filters: unknown = definition['pathFilter'];
  const first: unknown = Array.isArray(filters) ? filters[0] : undefined;
  const path = isPlain(first) && Array.isArray(first['path']) ? first['path'].map(String) : [];
  const backwards = isPlain(first) && first['fromBlueprint'] !== undefined;
  const place = `query ${field.key}`;
  return (
    <div className={classes['part']}>
      <h3>{t('aggregation.query')}</h3>
      {query === undefined ? (
        <JsonBlock
          label={t('aggregation.queryJson')}
          error={errorOf('query')}
          value={definition['query']}
          brokenText={editor.broken[place]}
          onBroken={(text) => editor.setBroken(place, text)}
          onChange={(value) => set('query', value)}
        />
      ) : (
        <RuleList
          label={t('aggregation.query')}
          blueprint={textAt(definition, 'target')}
          query={query}
          onChange={(next) => set('query', next.rules.length === 0 ? undefined : next)}
        />
      )}
      {errorOf('query') !== undefined && query !== undefined && <p className={classes['error']}>{errorOf('query')}</p>}
      {backwards ? (
        <p className={classes['help']}>{t('aggregation.backwards', { path: path.join('.') })}</p>
      ) : (
        <PathPicker
          relationsOnly
          label={t('aggregation.path')}
          value={path.join('.')}
          error={errorOf('pathFilter')}
          onChange={(next) => set('pathFilter', next === '' ? undefined : [{ path: next.split('.') }])}
        />
      )}
      <p className={classes['help']}>{t('aggregation.pathHelp')}</p>
    </div>
  );
}
