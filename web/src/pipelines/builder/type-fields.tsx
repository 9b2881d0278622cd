import { useTranslation } from 'react-i18next';
import { useStageType } from '../stage-type-api.ts';
import type { Fields, StageConfig } from '../wire.ts';
import classes from './builder.module.css';
import { ExpressionField } from './expression-field.tsx';
import { problemAt } from './placed-problems.ts';
import { withField } from './stage-form.ts';
import type { PipelineBuilder } from './use-pipeline-builder.ts';

interface TypeFieldsProps {
  readonly builder: PipelineBuilder;
  readonly stage: StageConfig;
  readonly onChange: (values: Fields) => void;
}

/** Parameters of a type that administrators made; of types that nobody here knows, that they are edited as JSON. */
export function TypeFields({ builder, stage, onChange }: TypeFieldsProps) {
  const { t } = useTranslation('pipelines');
  const stageType = useStageType(stage.type);
  const { refId } = stage;
  const values = (stage['parameterValues'] ?? {}) as Fields;
  if (stageType === undefined) return <p className={classes['help']}>{t('builder.inJson')}</p>;
  const parameters = stageType.parameters ?? [];
  return (
    <>
      {parameters.length === 0 && <p className={classes['help']}>{t('stageTypes.asksNothing')}</p>}
      {parameters.map(({ name, label, description, required = true, defaultValue }) => (
        <ExpressionField
          key={name}
          kind="template"
          label={label ?? name}
          description={
            defaultValue === undefined || defaultValue === ''
              ? description
              : [description, t('stageTypes.usually', { value: textOf(defaultValue) })].filter(Boolean).join(' ')
          }
          withAsterisk={required && (defaultValue === undefined || defaultValue === '')}
          rows={1}
          scope={{ builder, refId }}
          error={problemAt(builder.problems, refId, `parameterValues.${name}`)}
          value={textOf(values[name])}
          onChange={(text) => onChange(withField(values, name, text === '' ? undefined : text))}
        />
      ))}
    </>
  );
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
