import { Select } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Relation } from '../../api/wire.ts';
import { blueprintsQuery } from '../api.ts';
import { propertiesOf } from '../columns.ts';
import { recordAt, textAt } from './blueprint-edits.ts';
import classes from './builder.module.css';
import { useEditor } from './use-blueprint-editor.ts';

interface PathPickerProps {
  readonly label: string;
  /** Dotted: relations, and at the end a property unless only relations count. */
  readonly value: string;
  readonly relationsOnly?: boolean;
  readonly error: string | undefined;
  readonly onChange: (path: string) => void;
}

const meta = ['$title', '$identifier', '$team', '$icon', '$createdAt', '$updatedAt'];

interface Step {
  readonly chosen: string | undefined;
  readonly relations: Readonly<Record<string, Relation>>;
  /** Undefined for the blueprint being written, whose own values need no path. */
  readonly blueprint: Blueprint | undefined;
}

/** The steps of a path, each with what may be chosen there; one more than are chosen while it may go on. */
function stepsOf(parts: readonly string[], own: Step['relations'], blueprints: readonly Blueprint[]): readonly Step[] {
  const steps: Step[] = [];
  let relations = own;
  let blueprint: Blueprint | undefined;
  for (const chosen of [...parts, undefined]) {
    steps.push({ chosen, relations, blueprint });
    const relation = chosen === undefined ? undefined : relations[chosen];
    if (relation === undefined) break;
    blueprint = blueprints.find((one) => one.identifier === relation.target);
    relations = blueprint?.relations ?? {};
  }
  return steps;
}

/** A path over relations, chosen step by step. */
export function PathPicker({ label, value, relationsOnly = false, error, onChange }: PathPickerProps) {
  const { t } = useTranslation('data-model');
  const { draft } = useEditor();
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const own = recordAt(draft, ['relations']) as unknown as Step['relations'];
  const parts = value === '' ? [] : value.split('.');
  const steps = stepsOf(parts, own, blueprints);
  return (
    <div>
      <span className={classes['label']}>{label}</span>
      <div className={classes['path']} role="group" aria-label={label}>
        {steps.map((step, at) => {
          const data = [
            ...Object.entries(step.relations).map(([key, one]) => ({ value: key, label: `${one.title ?? key} →` })),
            ...(relationsOnly || step.blueprint === undefined ? [] : ownValues(step.blueprint)),
          ];
          if (data.length === 0 && step.chosen === undefined) return null;
          return (
            // A step is its place.
            <Fragment key={at}>
              {at > 0 && <IconChevronRight size={14} aria-hidden />}
              <Select
                size="sm"
                searchable
                clearable
                aria-label={t('path.step', { number: at + 1 })}
                placeholder={t('path.choose')}
                error={at === steps.length - 1 && error !== undefined}
                data={
                  step.chosen === undefined || data.some((one) => one.value === step.chosen)
                    ? data
                    : [...data, { value: step.chosen, label: step.chosen }]
                }
                value={step.chosen ?? null}
                onChange={(next) => onChange([...parts.slice(0, at), ...(next === null ? [] : [next])].join('.'))}
              />
            </Fragment>
          );
        })}
      </div>
      {Object.keys(own).length === 0 && <p className={classes['help']}>{t('path.noRelations')}</p>}
      {error !== undefined && <p className={classes['error']}>{error}</p>}
      {value !== '' && <code className={classes['pathText']}>{value}</code>}
    </div>
  );

  function ownValues(blueprint: Blueprint): { value: string; label: string }[] {
    return [
      ...propertiesOf(blueprint).map((one) => ({ value: one.key, label: one.title })),
      ...meta.map((key) => ({ value: key, label: t(`meta.${key.slice(1)}`) })),
    ];
  }
}

export const isWholePath = (definition: unknown): boolean => textAt(definition, 'path').includes('.');
