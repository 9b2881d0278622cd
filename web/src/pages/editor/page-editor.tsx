import { notifications } from '@mantine/notifications';
import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconLayoutDashboard, IconPlus, IconSettings } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LeaveGuard } from '../../ui/leave-guard.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/states.tsx';
import type { StoredPage } from '../api.ts';
import classes from '../board.module.css';
import { type Board, textOf, type Widget } from '../widget.ts';
import { BoardEditor } from './board-editor.tsx';
import { AboutEntity, EntityPicker, needsEntity, useEntityOfPage } from '../page-entity.tsx';
import { useMainBlueprint } from '../page-filters.tsx';
import { boardOf, type Draft, withBoard } from './draft.ts';
import { GroupName } from './group-name.tsx';
import { JsonView } from './json-view.tsx';
import { added, removed } from './layout.ts';
import { PageSettings } from './page-settings.tsx';
import { usePageEditor } from './use-page-editor.ts';
import { WidgetGallery } from './widget-gallery.tsx';
import { WidgetPanel } from './widget-panel.tsx';

/** A page being arranged: widgets are added, dragged, resized and filled in, with what they show beside. */
export function PageEditor({ stored }: { readonly stored: StoredPage }) {
  const { t } = useTranslation('pages');
  const search = useSearch({ from: '/app/pages/$page' });
  const navigate = useNavigate({ from: '/pages/$page' });
  const editor = usePageEditor(stored, search);
  const { draft, setDraft } = editor;
  const [adding, setAdding] = useState(false);
  const [asWhole, setAsWhole] = useState(false);
  const main = useMainBlueprint({ ...stored.page, widgets: draft.widgets });
  const { about } = useEntityOfPage(main, search.identifier);
  const set = (next: Partial<typeof search>): void =>
    void navigate({ search: (old: typeof search) => ({ ...old, ...next }) as typeof search, replace: true });
  const board = boardOf(draft.widgets, search.group);
  const setBoard = (next: Board): void => setDraft({ ...draft, widgets: withBoard(draft.widgets, next, search.group) });
  const chosen = board.widgets.find((widget) => textOf(widget, 'id') === search.widget);
  const save = (): void => {
    const left = board.widgets.find((widget) => widget['entity'] === '');
    if (left === undefined) return editor.save();
    notifications.show({ message: t('edit.unfinished', { message: t('panel.needsEntity') }), color: 'red' });
    set({ view: '', widget: textOf(left, 'id') });
  };
  useHotkeys([['mod+Enter', () => editor.dirty && save()]], []);
  const isJson = search.view === 'json';
  return (
    <Page
      title={draft.title === '' ? stored.page.identifier : draft.title}
      documentTitle={t('edit.title', { title: draft.title })}
      icon={<IconLayoutDashboard size={20} stroke={1.6} />}
      crumbs={[{ label: t('title'), to: '/pages' }]}
      actions={
        <>
          <Button variant="default" onClick={editor.leave}>
            {t('common:cancel')}
          </Button>
          <Button onClick={save} loading={editor.isSaving} disabled={!editor.dirty || draft.title.trim() === ''}>
            {t('edit.save')}
          </Button>
        </>
      }
    >
      <Tools
        isJson={isJson}
        onView={(view) => set({ view, widget: '' })}
        onAdd={() => setAdding(true)}
        onWhole={() => setAsWhole(true)}
      />
      {!isJson && search.group === undefined && <NameFields draft={draft} onChange={setDraft} />}
      {!isJson && search.group !== undefined && (
        <GroupName
          title={search.group}
          draft={draft}
          onChange={(next, group) => {
            setDraft(next);
            set({ group });
          }}
        />
      )}
      {main !== undefined && needsEntity({ ...stored.page, ...draft }) && (
        <EntityPicker blueprint={main} chosen={search.identifier} onChange={(identifier) => set({ identifier })} />
      )}
      {isJson ? (
        <JsonView widgets={draft.widgets} onChange={(widgets) => setDraft({ ...draft, widgets })} />
      ) : (
        <div className={classes['stage']} data-panel={chosen !== undefined || undefined}>
          {board.widgets.length === 0 ? (
            <EmptyState
              icon={IconLayoutDashboard}
              title={t('empty.page')}
              action={<Button onClick={() => setAdding(true)}>{t('edit.add')}</Button>}
            >
              {t('empty.pageHelp')}
            </EmptyState>
          ) : (
            <AboutEntity about={about}>
              <BoardEditor
                board={board}
                chosen={search.widget}
                onChoose={(id) => set({ widget: id })}
                onChange={setBoard}
                onRemove={(id) => {
                  setBoard(removed(board, id));
                  set({ widget: '' });
                }}
              />
            </AboutEntity>
          )}
          {chosen !== undefined && (
            <WidgetPanel
              key={search.widget}
              widget={chosen}
              main={main}
              onChange={(next) =>
                setBoard({ ...board, widgets: board.widgets.map((one) => (one === chosen ? next : one)) })
              }
              onClose={() => set({ widget: '' })}
            />
          )}
        </div>
      )}
      {asWhole && <PageSettings stored={stored} draft={draft} onChange={setDraft} onClose={() => setAsWhole(false)} />}
      {adding && (
        <WidgetGallery
          type={stored.page.type}
          onClose={() => setAdding(false)}
          onAdd={(widget: Widget) => {
            setAdding(false);
            setBoard(added(board, widget));
            set({ widget: textOf(widget, 'id') });
          }}
        />
      )}
      {editor.isStale && <StaleDialog editor={editor} />}
      <Leaving editor={editor} />
    </Page>
  );
}

interface ToolsProps {
  readonly isJson: boolean;
  /** Empty for the layout. */
  readonly onView: (view: string) => void;
  readonly onAdd: () => void;
  readonly onWhole: () => void;
}

function Tools({ isJson, onView, onAdd, onWhole }: ToolsProps) {
  const { t } = useTranslation('pages');
  return (
    <div className={classes['bar']}>
      <SegmentedControl
        aria-label={t('edit.view')}
        data={[
          { value: 'board', label: t('edit.board') },
          { value: 'json', label: 'JSON' },
        ]}
        value={isJson ? 'json' : 'board'}
        onChange={(view) => onView(view === 'json' ? 'json' : '')}
      />
      {!isJson && (
        <>
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={onAdd}>
            {t('edit.add')}
          </Button>
          <Button variant="default" leftSection={<IconSettings size={16} />} onClick={onWhole}>
            {t('whole.open')}
          </Button>
        </>
      )}
    </div>
  );
}

function NameFields({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  const { t } = useTranslation('pages');
  return (
    <Group gap={12} mb={16} align="flex-end">
      <TextInput
        label={t('new.name')}
        value={draft.title}
        maxLength={100}
        onChange={(event) => onChange({ ...draft, title: event.currentTarget.value })}
      />
      <TextInput
        label={t('edit.description')}
        value={draft.description}
        maxLength={300}
        flex={1}
        onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
      />
    </Group>
  );
}

function StaleDialog({ editor }: { readonly editor: ReturnType<typeof usePageEditor> }) {
  const { t } = useTranslation(['pages', 'common']);
  return (
    <Modal opened onClose={editor.stay} title={t('stale.title')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <Stack gap={16}>
        <p>{t('stale.help')}</p>
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={() => void editor.takeTheirs()}>
            {t('stale.theirs')}
          </Button>
          <Button onClick={() => void editor.overwrite()}>{t('stale.mine')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Leaving({ editor }: { readonly editor: ReturnType<typeof usePageEditor> }) {
  const { t } = useTranslation('pages');
  return (
    <LeaveGuard
      dirty={editor.dirty}
      leaving={editor.leaving}
      onDiscard={editor.leave}
      words={{
        title: t('leave.title'),
        help: t('leave.help'),
        discard: t('leave.discard'),
        keep: t('leave.keep'),
        stay: t('leave.stay'),
      }}
    />
  );
}
