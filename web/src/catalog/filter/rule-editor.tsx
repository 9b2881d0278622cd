import { ActionIcon, Button, SegmentedControl, Select } from '@mantine/core';
import { IconParentheses, IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../../api/wire.ts';
import classes from './filter-builder.module.css';
import { RuleReach } from './rule-reach.tsx';
import { changeOperator, changeSubject, operatorsFor, type SubjectChoice } from './rule-subjects.ts';
import {
  faultAt,
  isGroup,
  type NodePath,
  type RuleGroup,
  type RuleNode,
  textOf,
  type WireFault,
  type WireRule,
  withAdded,
  withNode,
} from './rule-tree.ts';
import { RuleValue } from './rule-value.tsx';
import type { RuleWords } from './rule-words.ts';

export interface TreeProps {
  readonly blueprint: Blueprint;
  readonly words: RuleWords;
  readonly tree: RuleGroup;
  readonly faults: readonly WireFault[];
  readonly onTree: (tree: RuleGroup) => void;
}

interface GroupProps extends TreeProps {
  readonly group: RuleGroup;
  readonly path: NodePath;
}

const deepest = 6;

/** A group of rules with those in it; all of them have to hold, or any. */
export function GroupEditor(props: GroupProps) {
  const { tree, group, path, words, faults, blueprint, onTree } = props;
  const { t } = useTranslation('table');
  const [first] = words.subjects;
  const put = (node: RuleNode | null, at: NodePath): void => onTree(withNode(tree, at, node));
  const newRule = (): WireRule => (first === undefined ? {} : changeSubject({}, first, blueprint.identifier));
  const fault = faultAt(faults, path);
  return (
    <fieldset
      className={classes['group']}
      data-combinator={group.combinator}
      data-root={path.length === 0 || undefined}
    >
      <legend className="visually-hidden">{t(`builder.${group.combinator}`)}</legend>
      <div className={classes['head']}>
        <SegmentedControl
          size="xs"
          aria-label={t('builder.combinator')}
          value={group.combinator}
          data={[
            { value: 'and', label: t('builder.and') },
            { value: 'or', label: t('builder.or') },
          ]}
          onChange={(next) => put({ ...group, combinator: next === 'or' ? 'or' : 'and' }, path)}
        />
        {path.length > 0 && (
          <ActionIcon variant="subtle" size="sm" aria-label={t('builder.removeGroup')} onClick={() => put(null, path)}>
            <IconX size={14} />
          </ActionIcon>
        )}
      </div>
      {fault !== undefined && (
        <p className={classes['fault']} role="alert">
          {fault}
        </p>
      )}
      {group.rules.map((node, index) => {
        const at = [...path, index];
        return isGroup(node) ? (
          <GroupEditor key={index} {...props} group={node} path={at} />
        ) : (
          <RuleEditor key={index} {...props} rule={node} path={at} onRule={(next) => put(next, at)} />
        );
      })}
      <div className={classes['adds']}>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => onTree(withAdded(tree, path, newRule()))}
        >
          {t('builder.addRule')}
        </Button>
        {path.length < deepest && (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconParentheses size={14} />}
            onClick={() =>
              onTree(
                withAdded(tree, path, { combinator: group.combinator === 'and' ? 'or' : 'and', rules: [newRule()] }),
              )
            }
          >
            {t('builder.addGroup')}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

interface RuleProps extends TreeProps {
  readonly rule: WireRule;
  readonly path: NodePath;
  readonly onRule: (rule: WireRule | null) => void;
}

const subjectGroups = ['fields', 'relations', 'scorecards', 'meta', 'more'] as const;

function RuleEditor({ blueprint, words, rule, path, faults, onRule }: RuleProps) {
  const { t } = useTranslation('table');
  const subject = words.subjectOf(rule) ?? unknownSubject(t('builder.unknown'));
  const operator = textOf(rule['operator']);
  const known = operatorsFor(subject.kind);
  const possible = known.includes(operator) || operator === '' ? known : [...known, operator];
  const fault = faultAt(faults, path);
  const data = subjectGroups.map((group) => ({
    group: t(`subject.groups.${group}`),
    items: words.subjects.filter((one) => one.group === group).map(({ id, title }) => ({ value: id, label: title })),
  }));
  return (
    <div
      className={classes['rule']}
      role="group"
      aria-label={words.say(rule)}
      data-fault={fault !== undefined || undefined}
    >
      <Select
        size="xs"
        className={classes['subject'] ?? ''}
        searchable
        allowDeselect={false}
        aria-label={t('builder.subject')}
        value={subject.id}
        data={subject.id === '?' ? [{ value: '?', label: subject.title }, ...data] : data}
        maxDropdownHeight={320}
        onChange={(id) => {
          const next = words.subjects.find((one) => one.id === id);
          if (next !== undefined) onRule(changeSubject(rule, next, blueprint.identifier));
        }}
      />
      <RuleReach blueprint={blueprint} rule={rule} onChange={onRule} />
      {possible.length > 1 && (
        <Select
          size="xs"
          w={150}
          allowDeselect={false}
          aria-label={t('filter.operator')}
          value={operator}
          data={possible.map((one) => ({ value: one, label: t(`operator.${one}`) }))}
          maxDropdownHeight={320}
          onChange={(next) => next !== null && onRule(changeOperator(rule, next, subject.kind))}
        />
      )}
      <RuleValue
        blueprint={blueprint.identifier}
        rule={rule}
        subject={subject}
        error={fault !== undefined}
        onChange={onRule}
      />
      <ActionIcon
        variant="subtle"
        size="sm"
        className={classes['remove'] ?? ''}
        aria-label={t('filter.remove', { filter: words.say(rule) })}
        onClick={() => onRule(null)}
      >
        <IconX size={14} />
      </ActionIcon>
      {fault !== undefined && (
        <p className={classes['fault']} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

const unknownSubject = (title: string): SubjectChoice => ({ id: '?', title, kind: 'any', group: 'more' });
