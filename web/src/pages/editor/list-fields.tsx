import { ActionIcon, Button, MultiSelect, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { actionsQuery } from '../../actions/api.ts';
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
