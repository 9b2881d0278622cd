import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { IconCheck, IconChevronDown, IconFold, IconLayoutRows } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Scorecard } from '../../api/wire.ts';
import { isLong, propertiesOf } from '../columns.ts';
import classes from './table.module.css';

export interface Groupable {
  readonly key: string;
  readonly title: string;
}

/** What rows can be put together by: whatever holds few enough values to be of use. */
export function groupablesOf(
  blueprint: Blueprint,
  scorecards: readonly Scorecard[],
  words: { readonly team: string; readonly createdBy: string },
): readonly Groupable[] {
  const isDate = (format: string | undefined): boolean => format === 'date-time' || format === 'timer';
  return [
    ...scorecards.map((one) => ({ key: `level:${one.identifier}`, title: one.title })),
    { key: '$team', title: words.team },
    ...propertiesOf(blueprint)
      .filter(({ schema }) => !isLong(schema) && !isDate(schema.format))
      .map(({ key, title }) => ({ key, title })),
    ...Object.entries(blueprint.relations).map(([key, relation]) => ({ key, title: relation.title ?? key })),
    { key: '$createdBy', title: words.createdBy },
  ];
}

interface GroupMenuProps {
  readonly groupables: readonly Groupable[];
  readonly value: string;
  readonly allFolded: boolean;
  readonly onChange: (key: string) => void;
  readonly onFoldAll: (folded: boolean) => void;
}

export function GroupMenu({ groupables, value, allFolded, onChange, onFoldAll }: GroupMenuProps) {
  const { t } = useTranslation('table');
  const title = groupables.find((one) => one.key === value)?.title ?? value;
  const item = (key: string, label: string) => (
    <Menu.Item
      key={key}
      leftSection={key === value ? <IconCheck size={16} /> : <span className={classes['blank']} />}
      onClick={() => onChange(key)}
    >
      {label}
    </Menu.Item>
  );
  return (
    <span className={classes['grouping']}>
      <Menu position="bottom-start" shadow="md" width={240}>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconLayoutRows size={16} />}
            rightSection={<IconChevronDown size={14} />}
          >
            {value === '' ? t('group.button') : t('group.by', { field: title })}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes['views'] ?? ''}>
          {item('', t('group.none'))}
          <Menu.Divider />
          {groupables.map((one) => item(one.key, one.title))}
        </Menu.Dropdown>
      </Menu>
      {value !== '' && (
        <Tooltip label={t(allFolded ? 'group.openAll' : 'group.foldAll')}>
          <ActionIcon
            variant="default"
            size={36}
            aria-label={t(allFolded ? 'group.openAll' : 'group.foldAll')}
            onClick={() => onFoldAll(!allFolded)}
          >
            {allFolded ? <IconUnfoldRows /> : <IconFold size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </span>
  );
}

const IconUnfoldRows = () => <IconLayoutRows size={16} />;
