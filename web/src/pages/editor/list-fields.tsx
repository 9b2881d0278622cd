import { ActionIcon, Button, MultiSelect, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { actionsQuery } from '../../actions/api.ts';
import { blueprintsQuery } from '../../catalog/api.ts';
import classes from '../board.module.css';
import { listOf, textOf, type WidgetObject } from '../widget.ts';
import type { FieldsProps } from './widget-panel.tsx';

export function ActionFields({ widget, set }: FieldsProps) {
  const { t } = useTranslation('pages');
  const { data: actions = [] } = useQuery(actionsQuery);
  return (
    <MultiSelect
      label={t('panel.actions')}
      data={actions.map((action) => ({ value: action.identifier, label: action.title ?? action.identifier }))}
      value={listOf(widget['actions']).map((one) => textOf(one, 'action'))}
      onChange={(names) => set({ actions: names.map((action) => ({ action })) })}
      searchable
      maxValues={20}
    />
  );
}

interface RunsFieldsProps extends FieldsProps {
  /** Whether it is about one action in any case. */
  readonly needed: boolean;
}

/** Runs of which action. */
export function RunsFields({ widget, set, needed }: RunsFieldsProps) {
  const { t } = useTranslation('pages');
  const { data: actions = [] } = useQuery(actionsQuery);
  const action = textOf(widget, 'action');
  return (
    <Select
      label={t('panel.action')}
      placeholder={needed ? '' : t('panel.allActions')}
      data={actions.map((one) => ({ value: one.identifier, label: one.title ?? one.identifier }))}
      value={action === '' ? null : action}
      error={needed && action === '' && t('panel.needsAction')}
      onChange={(name) => set({ action: name ?? undefined })}
      clearable={!needed}
      allowDeselect={false}
      searchable
    />
  );
}

/** What the reader's teams own: of every blueprint, or of one. */
export function OwnedFields({ widget, set }: FieldsProps) {
  const { t } = useTranslation('pages');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const blueprint = textOf(widget, 'blueprint');
  return (
    <Select
      label={t('panel.blueprint')}
      placeholder={t('panel.allBlueprints')}
      data={blueprints
        .filter((one) => !one.identifier.startsWith('_'))
        .map((one) => ({ value: one.identifier, label: one.title }))}
      value={blueprint === '' ? null : blueprint}
      onChange={(name) => set({ blueprint: name ?? undefined })}
      clearable
      searchable
    />
  );
}

/** What stands there when there is nothing to show. */
export function EmptyField({ widget, set }: FieldsProps) {
  const { t } = useTranslation('pages');
  return (
    <TextInput
      label={t('panel.empty')}
      placeholder={t('widget.nothing')}
      value={textOf(widget, 'emptyStateText')}
      maxLength={300}
      onChange={(event) => set({ emptyStateText: event.currentTarget.value || undefined })}
    />
  );
}

export function LinkFields({ widget, set }: FieldsProps) {
  const { t } = useTranslation('pages');
  const links = listOf(widget['links']);
  const put = (index: number, change: WidgetObject): void =>
    set({ links: links.with(index, { ...links[index], ...change }) });
  return (
    <>
      {links.map((link, index) => (
        <div key={index} className={classes['pair']}>
          <TextInput
            label={t('panel.linkTitle', { number: index + 1 })}
            value={textOf(link, 'title')}
            onChange={(event) => put(index, { title: event.currentTarget.value })}
          />
          <TextInput
            label={t('panel.linkUrl', { number: index + 1 })}
            value={textOf(link, 'url')}
            onChange={(event) => put(index, { url: event.currentTarget.value.trim() })}
            rightSection={
              <ActionIcon
                aria-label={t('panel.removeLink', { number: index + 1 })}
                onClick={() => set({ links: links.toSpliced(index, 1) })}
              >
                <IconTrash size={15} />
              </ActionIcon>
            }
          />
        </div>
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={16} />}
        onClick={() => set({ links: [...links, { title: t('panel.newLink'), url: 'https://example.com' }] })}
      >
        {t('panel.addLink')}
      </Button>
    </>
  );
}
