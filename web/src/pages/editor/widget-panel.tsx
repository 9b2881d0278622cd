import { ActionIcon, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../../api/wire.ts';
import classes from '../board.module.css';
import { textOf, type Widget, type WidgetObject } from '../widget.ts';
import { ChartFields, LineFields, NumberFields } from './catalog-fields.tsx';
import { InfoFields, TextFields, WhichEntity } from './entity-fields.tsx';
import { ActionFields, EmptyField, LinkFields, OwnedFields, RunsFields } from './list-fields.tsx';
import { TableFields } from './table-fields.tsx';

export interface FieldsProps {
  readonly widget: Widget;
  /** Keys with their new values; undefined takes one away. */
  readonly set: (change: Readonly<Record<string, WidgetObject[string] | undefined>>) => void;
}

interface WidgetPanelProps {
  readonly widget: Widget;
  /** The blueprint that the page is about, where it is about one. */
  readonly main?: Blueprint | undefined;
  readonly onChange: (widget: Widget) => void;
  readonly onClose: () => void;
}

/** The settings of one widget; what they make of it is seen in the grid beside. */
export function WidgetPanel({ widget, main, onChange, onClose }: WidgetPanelProps) {
  const { t } = useTranslation(['pages', 'common']);
  const set: FieldsProps['set'] = (change) => {
    const next = Object.entries({ ...widget, ...change }).filter(([, value]) => value !== undefined);
    onChange(Object.fromEntries(next) as Widget);
  };
  return (
    <aside className={classes['panel']} aria-label={t('panel.label')}>
      <header>
        <h2>{t(`type.${widget.type}` as never, { defaultValue: widget.type })}</h2>
        <ActionIcon aria-label={t('common:close')} onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </header>
      <TextInput
        label={t('panel.title')}
        value={textOf(widget, 'title')}
        maxLength={200}
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <TextInput
        label={t('panel.note')}
        value={textOf(widget, 'description')}
        maxLength={300}
        onChange={(event) => set({ description: event.currentTarget.value || undefined })}
      />
      <OwnFields widget={widget} set={set} main={main} />
      {saysWhenEmpty.has(widget.type) && <EmptyField widget={widget} set={set} />}
    </aside>
  );
}

const saysWhenEmpty: ReadonlySet<string> = new Set(
  `entities-number-chart entities-pie-chart bar-chart line-chart table-entities-explorer users-table teams-table
  my-entities recently-viewed-entities recently-used-actions`.split(/\s+/),
);

function OwnFields({ widget, set, main }: FieldsProps & Pick<WidgetPanelProps, 'main'>) {
  const { t } = useTranslation('pages');
  switch (widget.type) {
    case 'entities-number-chart':
      return <NumberFields widget={widget} set={set} />;
    case 'entities-pie-chart':
    case 'bar-chart':
      return <ChartFields widget={widget} set={set} />;
    case 'line-chart':
      return <LineFields widget={widget} set={set} />;
    case 'table-entities-explorer':
      return <TableFields widget={widget} set={set} />;
    case 'users-table':
      return <TableFields widget={widget} set={set} of="_user" />;
    case 'teams-table':
      return <TableFields widget={widget} set={set} of="_team" />;
    case 'my-entities':
      return <OwnedFields widget={widget} set={set} />;
    case 'markdown':
      return <TextFields widget={widget} set={set} />;
    case 'iframe-widget':
      return (
        <TextInput
          label={t('panel.url')}
          description={t('panel.urlHelp')}
          value={textOf(widget, 'url')}
          onChange={(event) => set({ url: event.currentTarget.value.trim() })}
          error={/^https:\/\/[^/\s]/i.test(textOf(widget, 'url')) ? undefined : t('frame.notHttps')}
        />
      );
    case 'links-widget':
      return <LinkFields widget={widget} set={set} />;
    case 'action-card-widget':
      return <ActionFields widget={widget} set={set} />;
    default:
      return <ListFields widget={widget} set={set} main={main} />;
  }
}

/** Of widgets about one entity, about runs and about what happened. */
function ListFields({ widget, set, main }: FieldsProps & Pick<WidgetPanelProps, 'main'>) {
  const { t } = useTranslation('pages');
  switch (widget.type) {
    case 'entity-info':
    case 'entity-details':
    case 'user-info':
    case 'team-info':
      return <InfoFields widget={widget} set={set} main={main} />;
    case 'entity-card':
    case 'table-entities-explorer-by-direction':
    case 'graph-entities-explorer':
      return <WhichEntity widget={widget} set={set} main={main} />;
    case 'runs-table':
    case 'action-runs-table-widget':
      return <RunsFields widget={widget} set={set} needed={widget.type !== 'runs-table'} />;
    case 'table-audit-log':
      return <p className={classes['help']}>{t('panel.audit')}</p>;
    case 'recently-viewed-entities':
    case 'recently-used-actions':
      return null;
    default:
      return <p className={classes['help']}>{t('panel.onlyJson')}</p>;
  }
}
