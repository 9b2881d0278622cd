import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { BoardGrid } from './board-grid.tsx';
import classes from './board.module.css';
import { isBoard, listOf, textOf, type Widget } from './widget.ts';

interface PageWidgetsProps {
  readonly widgets: readonly Widget[];
  readonly renderCard: (widget: Widget) => ReactNode;
}

/** What a page holds, one under the other: boards as grids, groups as tabs, anything else in its card. */
export function PageWidgets({ widgets, renderCard }: PageWidgetsProps) {
  return (
    <div className={classes['rows']}>
      {widgets.map((widget, index) => {
        const key = textOf(widget, 'id') || `${index}`;
        if (isBoard(widget)) {
          return (
            <BoardGrid key={key} board={widget}>
              {renderCard}
            </BoardGrid>
          );
        }
        if (widget.type === 'grouper') return <Groups key={key} widget={widget} renderCard={renderCard} />;
        const alone = { type: 'dashboard-widget', layout: [], widgets: [widget] };
        return (
          <BoardGrid key={key} board={alone}>
            {renderCard}
          </BoardGrid>
        );
      })}
    </div>
  );
}

function Groups({
  widget,
  renderCard,
}: {
  readonly widget: Widget;
  readonly renderCard: PageWidgetsProps['renderCard'];
}) {
  const { t } = useTranslation('pages');
  const { group = '' } = useSearch({ strict: false }) as { readonly group?: string };
  const navigate = useNavigate();
  const go = (title: string | null): void =>
    void navigate({ to: '.', search: (old) => ({ ...old, group: title ?? '' }) as never, replace: true });
  const order = Array.isArray(widget['groupsOrder']) ? widget['groupsOrder'] : [];
  const place = (title: string): number => (order.includes(title) ? order.indexOf(title) : order.length);
  const groups = listOf(widget['groups'])
    .map((one, index) => ({ group: one, title: textOf(one, 'title') || t('widget.group', { number: index + 1 }) }))
    .toSorted((left, right) => place(left.title) - place(right.title));
  const [first] = groups;
  if (first === undefined) return null;
  return (
    <Tabs value={groups.some(({ title }) => title === group) ? group : first.title} onChange={go} keepMounted={false}>
      <Tabs.List mb={16}>
        {groups.map(({ title }) => (
          <Tabs.Tab key={title} value={title}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {groups.map(({ group: shown, title }) => (
        <Tabs.Panel key={title} value={title}>
          <PageWidgets widgets={listOf(shown['widgets']) as readonly Widget[]} renderCard={renderCard} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
