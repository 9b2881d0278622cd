import { Button, Group } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Json } from '../api/wire.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { type Condition, type Field, fieldsOf, rulesOf } from '../catalog/conditions.ts';
import { FilterBar } from '../catalog/filter-bar.tsx';
import { scorecardsQuery } from '../scorecards/api.ts';
import type { PageDocument, PageFilter } from './api.ts';
import classes from './board.module.css';
import { blueprintsOf, textOf } from './widget.ts';

export const filterName = (filter: PageFilter, index: number): string => textOf(filter, 'identifier') || `${index}`;

/** What the server is asked with: the page's own filters that are on, and what the reader added. */
export function filtersOf(
  page: PageDocument,
  off: readonly string[],
  conditions: readonly Condition[],
  blueprint: Blueprint | undefined,
): readonly Json[] {
  const own = (page.pageFilters ?? []).filter((filter, index) => !off.includes(filterName(filter, index)));
  const added = blueprint === undefined ? [] : rulesOf(conditions, blueprint);
  return [
    ...own.map((filter) => filter.query),
    ...added.map((rule) => ({ combinator: 'and', rules: [rule as unknown as Json] })),
  ];
}

/** The blueprint most widgets are about: whose fields the page is narrowed by. */
export function useMainBlueprint(page: PageDocument | undefined): Blueprint | undefined {
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const main = page?.blueprint ?? blueprintsOf(page?.widgets ?? [])[0];
  return blueprints.find((one) => one.identifier === main);
}

/** The fields of a blueprint with their names in the reader's language. */
export function useFields(blueprint: Blueprint | undefined): readonly Field[] {
  const { t } = useTranslation(['table', 'catalog']);
  const { data: scorecards } = useQuery(scorecardsQuery);
  return useMemo(() => {
    if (blueprint === undefined) return [];
    const words = {
      team: t('catalog:team.title'),
      title: t('catalog:column.title'),
      updated: t('catalog:column.updated'),
      created: t('created'),
    };
    const own = (scorecards ?? []).filter((one) => one.blueprint === blueprint.identifier);
    return fieldsOf(blueprint, own, words);
  }, [blueprint, scorecards, t]);
}

interface PageFiltersProps {
  readonly page: PageDocument;
  readonly blueprint: Blueprint;
  readonly off: readonly string[];
  readonly conditions: readonly Condition[];
  readonly onOff: (off: readonly string[]) => void;
  readonly onConditions: (conditions: readonly Condition[]) => void;
}

/** Narrows every widget of the page that has what is asked about. */
export function PageFilters({ page, blueprint, off, conditions, onOff, onConditions }: PageFiltersProps) {
  const fields = useFields(blueprint);
  return (
    <div className={classes['bar']}>
      <FilterBar blueprint={blueprint} fields={fields} conditions={conditions} q="" onChange={onConditions} />
      <Group gap={8}>
        {(page.pageFilters ?? []).map((filter, index) => {
          const name = filterName(filter, index);
          const isOn = !off.includes(name);
          return (
            <Button
              key={name}
              variant="default"
              aria-pressed={isOn}
              leftSection={isOn ? <IconCheck size={16} aria-hidden /> : undefined}
              onClick={() => onOff(isOn ? [...off, name] : off.filter((one) => one !== name))}
            >
              {textOf(filter, 'title') || name}
            </Button>
          );
        })}
      </Group>
    </div>
  );
}
