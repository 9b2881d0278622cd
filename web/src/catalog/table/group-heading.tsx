import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Json, Scorecard } from '../../api/wire.ts';
import { Chip } from '../../ui/chip.tsx';
import { propertiesOf } from '../columns.ts';
import { textOf } from '../filter/rule-tree.ts';
import { PropertyValue } from '../property-value.tsx';
import { TeamChips } from '../team-chips.tsx';
import type { Laid } from './grouped-rows.ts';
import classes from './table.module.css';

interface GroupHeadingProps {
  readonly group: Laid;
  readonly by: string;
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
  readonly onToggle: () => void;
}

/** What the rows below have in common, and how many they are. */
export function GroupHeading({ group, by, blueprint, scorecards, onToggle }: GroupHeadingProps) {
  const { t } = useTranslation('table');
  const Arrow = group.folded ? IconChevronRight : IconChevronDown;
  return (
    <button type="button" className={classes['heading']} aria-expanded={!group.folded} onClick={onToggle}>
      <Arrow size={16} aria-hidden />
      <GroupValue value={group.value} by={by} blueprint={blueprint} scorecards={scorecards} />
      <span className={classes['heading-count']}>{t('count', { count: group.count })}</span>
    </button>
  );
}

interface GroupValueProps extends Pick<GroupHeadingProps, 'by' | 'blueprint' | 'scorecards'> {
  readonly value: Json;
}

export function GroupValue({ value, by, blueprint, scorecards }: GroupValueProps) {
  const { t } = useTranslation('table');
  if (value === null) return <span className={classes['without']}>{t('group.without')}</span>;
  if (by === '$team') return <TeamChips teams={value as readonly string[]} />;
  if (by.startsWith('level:')) {
    const scorecard = scorecards.find((one) => `level:${one.identifier}` === by);
    const level = textOf(value);
    return (
      <Chip dot color={scorecard?.levels.find((one) => one.title === level)?.color}>
        {level}
      </Chip>
    );
  }
  const property = propertiesOf(blueprint).find((one) => one.key === by);
  if (property !== undefined) return <PropertyValue value={value} schema={property.schema} compact />;
  return (
    <span>{Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value)}</span>
  );
}
