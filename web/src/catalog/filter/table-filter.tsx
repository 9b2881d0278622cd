import { Button } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { Suspense } from 'react';
import { lazyPart } from '../../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../../api/wire.ts';
import type { Rule } from '../api.ts';
import { type Condition, rulesOf } from '../conditions.ts';
import { FilterBar, FilterChip } from '../filter-bar.tsx';
import { conditionOf, type RuleGroup, type RuleNode } from './rule-tree.ts';
import type { RuleWords } from './rule-words.ts';

// The builder opens on demand, and brings the editor for JSON.
const FilterBuilder = lazyPart(async () => ({ default: (await import('./filter-builder.tsx')).FilterBuilder }));

interface TableFilterProps {
  readonly blueprint: Blueprint;
  readonly words: RuleWords;
  readonly filter: RuleGroup;
  readonly q: string;
  readonly building: string | undefined;
  readonly onBuilding: (tab: string) => void;
  readonly onFilter: (filter: RuleGroup) => void;
}

/** The filter as chips that read as a sentence; plain ones are changed in place, the others in the builder. */
export function TableFilter({ blueprint, words, filter, q, building, onBuilding, onFilter }: TableFilterProps) {
  const { t } = useTranslation('table');
  const parts: readonly RuleNode[] = filter.combinator === 'and' || filter.rules.length < 2 ? filter.rules : [filter];
  const read = parts.map((node) => ({ node, condition: conditionOf(node) }));
  const others = read.flatMap(({ node, condition }) => (condition === null ? [node] : []));
  const conditions = read.flatMap(({ condition }) => (condition === null ? [] : [condition]));
  const put = (next: readonly Condition[], rest: readonly RuleNode[]): void =>
    onFilter({ combinator: 'and', rules: [...rest, ...(rulesOf(next, blueprint) as unknown as readonly RuleNode[])] });
  return (
    <>
      {others.map((node, index) => (
        <FilterChip
          key={JSON.stringify(node)}
          sentence={words.say(node)}
          onOpen={() => onBuilding('form')}
          onRemove={() => put(conditions, others.toSpliced(index, 1))}
        />
      ))}
      <FilterBar
        blueprint={blueprint}
        fields={words.fields}
        conditions={conditions}
        q={q}
        base={others as unknown as readonly Rule[]}
        onChange={(next) => put(next, others)}
      />
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconBraces size={15} />}
        onClick={() => onBuilding('form')}
      >
        {t('builder.open')}
      </Button>
      {building !== undefined && (
        <Suspense>
          <FilterBuilder
            blueprint={blueprint}
            words={words}
            filter={filter}
            q={q}
            tab={building === 'json' ? 'json' : 'form'}
            onTab={onBuilding}
            onApply={(next) => {
              onFilter(next);
              onBuilding('');
            }}
            onClose={() => onBuilding('')}
          />
        </Suspense>
      )}
    </>
  );
}
