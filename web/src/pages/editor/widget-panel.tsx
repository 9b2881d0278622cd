import { ActionIcon, Textarea, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from '../board.module.css';
import { textOf, type Widget, type WidgetObject } from '../widget.ts';
import { ActionFields, LinkFields } from './list-fields.tsx';
import { ChartFields, LineFields, NumberFields } from './catalog-fields.tsx';
import { TableFields } from './table-fields.tsx';

export interface FieldsProps {
  readonly widget: Widget;
  /** Keys with their new values; undefined takes one away. */
  readonly set: (change: Readonly<Record<string, WidgetObject[string] | undefined>>) => void;
}

interface WidgetPanelProps {
  readonly widget: Widget;
  readonly onChange: (widget: Widget) => void;
  readonly onClose: () => void;
}

/** The settings of one widget; what they make of it is seen in the grid beside. */
export function WidgetPanel({ widget, onChange, onClose }: WidgetPanelProps) {
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
      <OwnFields widget={widget} set={set} />
    </aside>
  );
}

function OwnFields({ widget, set }: FieldsProps) {
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
    case 'markdown':
      return (
        <Textarea
          label={t('panel.markdown')}
          description={t('panel.markdownHelp', { template: '{{ .user.email }}' })}
          value={textOf(widget, 'markdown')}
          autosize
          minRows={8}
          maxRows={24}
          onChange={(event) => set({ markdown: event.currentTarget.value })}
        />
      );
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
      return <p>{t('panel.onlyJson')}</p>;
  }
}
