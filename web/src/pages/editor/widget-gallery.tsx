import { Modal } from '@mantine/core';
import {
  IconAffiliate,
  IconBolt,
  IconChartBar,
  IconChartLine,
  IconChartPie,
  IconEye,
  IconFileText,
  IconHistory,
  IconId,
  IconIdBadge2,
  IconLink,
  IconListCheck,
  IconNumber123,
  IconPlayerPlay,
  IconTable,
  IconTopologyStar3,
  IconUser,
  IconUserCircle,
  IconUsers,
  IconUsersGroup,
  IconUsersPlus,
  IconWorld,
  type Icon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Json } from '../../api/wire.ts';
import { blueprintsQuery } from '../../catalog/api.ts';
import classes from '../board.module.css';
import { newId } from '../templates.ts';
import type { Widget, WidgetObject } from '../widget.ts';

const everything = { combinator: 'and', rules: [] };

interface Kind {
  readonly type: string;
  readonly icon: Icon;
  /** The types of pages it is offered on; all where nothing is said. */
  readonly on?: readonly string[];
  readonly first: (blueprint: string) => WidgetObject;
}

const about = (blueprint: string): { blueprint: string; dataset: Json } => ({ blueprint, dataset: everything });

export const kinds: readonly Kind[] = [
  {
    type: 'entities-number-chart',
    icon: IconNumber123,
    first: (one) => ({ ...about(one), calculationBy: 'entities', func: 'count', unit: 'none' }),
  },
  { type: 'entities-pie-chart', icon: IconChartPie, first: (one) => ({ ...about(one), property: '$team' }) },
  { type: 'bar-chart', icon: IconChartBar, first: (one) => ({ ...about(one), property: '$team' }) },
  {
    type: 'line-chart',
    icon: IconChartLine,
    first: (one) => ({
      ...about(one),
      chartType: 'countEntities',
      func: 'count',
      measureTimeBy: '$createdAt',
      timeInterval: 'day',
      timeRange: { preset: 'lastMonth' },
    }),
  },
  { type: 'table-entities-explorer', icon: IconTable, first: about },
  { type: 'markdown', icon: IconFileText, first: () => ({ markdown: '' }) },
  { type: 'action-card-widget', icon: IconBolt, first: () => ({ actions: [] }) },
  { type: 'links-widget', icon: IconLink, first: () => ({ links: [] }) },
  { type: 'iframe-widget', icon: IconWorld, first: () => ({ url: 'https://', urlType: 'public' }) },
  { type: 'entity-info', icon: IconId, first: () => ({}) },
  { type: 'entity-card', icon: IconIdBadge2, first: () => ({}) },
  { type: 'user-info', icon: IconUserCircle, first: () => ({}) },
  { type: 'team-info', icon: IconUsersPlus, first: () => ({}) },
  { type: 'table-entities-explorer-by-direction', icon: IconAffiliate, first: () => ({}) },
  { type: 'graph-entities-explorer', icon: IconTopologyStar3, first: () => ({}) },
  { type: 'runs-table', icon: IconPlayerPlay, first: () => ({}) },
  { type: 'action-runs-table-widget', icon: IconListCheck, first: () => ({ action: '' }) },
  { type: 'table-audit-log', icon: IconHistory, first: () => ({}) },
  { type: 'my-entities', icon: IconUser, first: () => ({}) },
  { type: 'recently-viewed-entities', icon: IconEye, on: ['home'], first: () => ({}) },
  { type: 'recently-used-actions', icon: IconBolt, on: ['home'], first: () => ({}) },
  { type: 'users-table', icon: IconUsers, first: () => ({}) },
  { type: 'teams-table', icon: IconUsersGroup, first: () => ({}) },
];

interface WidgetGalleryProps {
  /** Of the page. */
  readonly type: string;
  readonly onAdd: (widget: Widget) => void;
  readonly onClose: () => void;
}

/** What can be put on a page. */
export function WidgetGallery({ type, onAdd, onClose }: WidgetGalleryProps) {
  const { t } = useTranslation(['pages', 'common']);
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const blueprint = blueprints.find((one) => !one.identifier.startsWith('_'))?.identifier ?? '';
  const offered = kinds.filter((kind) => kind.on?.includes(type) ?? true);
  return (
    <Modal
      opened
      size={760}
      onClose={onClose}
      title={t('edit.add')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <div className={classes['gallery']}>
        {offered.map((kind) => (
          <button
            key={kind.type}
            type="button"
            className={classes['kind']}
            onClick={() =>
              onAdd({ id: newId(), type: kind.type, title: t(`type.${kind.type}` as never), ...kind.first(blueprint) })
            }
          >
            <kind.icon size={20} stroke={1.6} aria-hidden />
            <strong>{t(`type.${kind.type}` as never)}</strong>
            <small>{t(`typeHelp.${kind.type}` as never)}</small>
          </button>
        ))}
      </div>
    </Modal>
  );
}
