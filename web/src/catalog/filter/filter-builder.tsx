import { Button, Group, Modal, SegmentedControl } from '@mantine/core';
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { path, post } from '../../api/client.ts';
import { RequestProblem } from '../../api/problem.ts';
import type { Blueprint } from '../../api/wire.ts';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { useErrorWords } from '../../ui/states.tsx';
import classes from './filter-builder.module.css';
import { GroupEditor } from './rule-editor.tsx';
import { keysOfPath, pruned, readTree, type RuleGroup, type WireFault } from './rule-tree.ts';
import type { RuleWords } from './rule-words.ts';

interface FilterBuilderProps {
  readonly blueprint: Blueprint;
  readonly words: RuleWords;
  readonly filter: RuleGroup;
  readonly q: string;
  readonly tab: 'form' | 'json';
  readonly onTab: (tab: 'form' | 'json') => void;
  readonly onApply: (filter: RuleGroup) => void;
  readonly onClose: () => void;
}

/** The whole rule language: groups in groups, as a form or as JSON, with the number of matches while one writes. */
export function FilterBuilder({ blueprint, words, filter, q, tab, onTab, onApply, onClose }: FilterBuilderProps) {
  const { t } = useTranslation('table');
  const narrow = useMediaQuery('(max-width: 860px)', false, { getInitialValueInEffect: false });
  const [tree, setTree] = useState(filter);
  const [text, setText] = useState(() => JSON.stringify(filter, null, 2));
  const [broken, setBroken] = useState(false);
  const check = useMatches(blueprint.identifier, tree, q);
  const write = (next: RuleGroup): void => {
    setTree(next);
    setText(JSON.stringify(next, null, 2));
    setBroken(false);
  };
  const read = (next: string): void => {
    setText(next);
    const found = parsed(next);
    setBroken(found === null);
    if (found !== null) setTree(found);
  };
  const notes = check.faults.map((fault) => ({ path: keysOfPath(fault.path), message: fault.message }));
  return (
    <Modal
      opened
      size={880}
      fullScreen={narrow}
      onClose={onClose}
      title={t('builder.title', { blueprint: blueprint.title })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <div className={classes['builder']}>
        <p className={classes['sentence']}>{words.say(pruned(tree))}</p>
        <SegmentedControl
          size="xs"
          className={classes['tabs'] ?? ''}
          aria-label={t('builder.shownAs')}
          value={tab}
          data={[
            { value: 'form', label: t('builder.form') },
            { value: 'json', label: 'JSON' },
          ]}
          onChange={(next) => onTab(next === 'json' ? 'json' : 'form')}
        />
        {tab === 'form' ? (
          <GroupEditor
            blueprint={blueprint}
            words={words}
            tree={tree}
            faults={check.faults}
            onTree={write}
            group={tree}
            path={[]}
          />
        ) : (
          <JsonEditor label={t('builder.json')} value={text} onChange={read} notes={notes} minHeight={220} />
        )}
        <Group justify="space-between" gap={8}>
          <span role="status" className={classes['matches']} data-bad={broken || check.message !== null || undefined}>
            {broken
              ? t('builder.notRead')
              : (check.message ??
                (check.count === undefined ? t('filter.counting') : t('builder.matches', { count: check.count })))}
          </span>
          <Group gap={8}>
            <Button variant="default" onClick={() => write({ combinator: 'and', rules: [] })}>
              {t('builder.clear')}
            </Button>
            <Button disabled={broken || check.message !== null} onClick={() => onApply(pruned(tree))}>
              {t('builder.apply')}
            </Button>
          </Group>
        </Group>
      </div>
    </Modal>
  );
}

function parsed(text: string): RuleGroup | null {
  try {
    return readTree(JSON.parse(text));
  } catch {
    return null;
  }
}

interface Check {
  readonly count: number | undefined;
  readonly faults: readonly WireFault[];
  readonly message: string | null;
}

/** How many match, or what the server does not understand, told by the rule. */
function useMatches(blueprint: string, tree: RuleGroup, q: string): Check {
  const words = useErrorWords();
  const [asked] = useDebouncedValue(tree, 250);
  const found = useQuery({
    queryKey: ['entities', blueprint, 'matches', asked, q],
    queryFn: async ({ signal }) =>
      post<{ count: number }>(
        path('/api/v1/blueprints', blueprint, 'facets'),
        { query: asked, ...(q === '' ? {} : { q: q.slice(0, 200) }) },
        { signal },
      ),
    retry: false,
  });
  if (!found.isError) return { count: asked === tree ? found.data?.count : undefined, faults: [], message: null };
  const errors = found.error instanceof RequestProblem ? found.error.details['errors'] : undefined;
  return {
    count: undefined,
    faults: Array.isArray(errors) ? (errors as WireFault[]) : [],
    message: words(found.error),
  };
}
