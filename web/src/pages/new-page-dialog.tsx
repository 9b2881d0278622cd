import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { IconActivity, IconChecklist, IconLayoutDashboard, IconSquarePlus, type Icon } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import type { Blueprint } from '../api/wire.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { scorecardsQuery } from '../scorecards/api.ts';
import { useErrorWords } from '../ui/states.tsx';
import { type SidebarItem, sidebarQuery } from './api.ts';
import classes from './board.module.css';
import { type TemplateKey, templates } from './templates.ts';

const icons: Readonly<Record<TemplateKey, Icon>> = {
  overview: IconLayoutDashboard,
  scorecard: IconChecklist,
  activity: IconActivity,
  empty: IconSquarePlus,
};

/** An identifier out of a title; what no address can hold is left out. */
function identifierOf(title: string): string {
  const plain = title
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}0-9]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? 'dashboard' : plain.slice(0, 80);
}

function freeIdentifier(title: string, taken: ReadonlySet<string>): string {
  const base = identifierOf(title);
  for (let number = 1; ; number += 1) {
    const identifier = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(identifier)) return identifier;
  }
}

/** A page from a template: what it is about, what it is called and where it lies. */
export function NewPageDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['pages', 'common']);
  const words = useErrorWords();
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: scorecards = [] } = useQuery(scorecardsQuery);
  const { data: items = [] } = useQuery(sidebarQuery);
  const [template, setTemplate] = useState<TemplateKey>('overview');
  const [title, setTitle] = useState('');
  const [about, setAbout] = useState<string | null>(null);
  const [parent, setParent] = useState<string | null>(null);
  const usable =
    template === 'scorecard'
      ? blueprints.filter((one) => scorecards.some((card) => card.blueprint === one.identifier))
      : blueprints;
  const blueprint =
    usable.find((one) => one.identifier === about) ?? usable.find((one) => !one.identifier.startsWith('_'));
  const creation = useCreation({ template, title, parent, blueprint, items });
  return (
    <Modal
      opened
      size={760}
      onClose={onClose}
      title={t('new.title')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() !== '') creation.mutate();
        }}
      >
        <Stack gap={16}>
          <TemplateChoice value={template} onChange={setTemplate} />
          <TextInput
            label={t('new.name')}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            maxLength={100}
            required
            data-autofocus
          />
          {template !== 'empty' && (
            <Select
              label={t('new.about')}
              data={usable.map((one) => ({ value: one.identifier, label: one.title }))}
              value={blueprint?.identifier ?? null}
              onChange={setAbout}
              allowDeselect={false}
            />
          )}
          {items.some((item) => item.sidebarType === 'folder') && (
            <Select
              label={t('new.folder')}
              placeholder={t('new.noFolder')}
              data={items
                .filter((item) => item.sidebarType === 'folder')
                .map((item) => ({ value: item.identifier, label: item.title }))}
              value={parent}
              onChange={setParent}
              clearable
            />
          )}
          {creation.isError && <p role="alert">{words(creation.error)}</p>}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" loading={creation.isPending} disabled={title.trim() === ''}>
              {t('new.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface TemplateChoiceProps {
  readonly value: TemplateKey;
  readonly onChange: (template: TemplateKey) => void;
}

function TemplateChoice({ value, onChange }: TemplateChoiceProps) {
  const { t } = useTranslation('pages');
  return (
    <div className={classes['gallery']} role="group" aria-label={t('new.template')}>
      {(Object.keys(icons) as TemplateKey[]).map((key) => {
        const Mark = icons[key];
        return (
          <button
            key={key}
            type="button"
            className={classes['kind']}
            data-active={key === value || undefined}
            aria-pressed={key === value}
            onClick={() => onChange(key)}
          >
            <Mark size={20} stroke={1.6} aria-hidden />
            <strong>{t(`template.${key}.title`)}</strong>
            <small>{t(`template.${key}.help`)}</small>
          </button>
        );
      })}
    </div>
  );
}

interface Creation {
  readonly template: TemplateKey;
  readonly title: string;
  readonly parent: string | null;
  readonly blueprint: Blueprint | undefined;
  readonly items: readonly SidebarItem[];
}

function useCreation({ template, title, parent, blueprint, items }: Creation) {
  const { t } = useTranslation('pages');
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data: scorecards = [] } = useQuery(scorecardsQuery);
  return useMutation({
    mutationFn: async () => {
      const identifier = freeIdentifier(title, new Set(items.map((item) => item.identifier)));
      const scorecard = scorecards.find((card) => card.blueprint === blueprint?.identifier);
      const word = (key: string, values: Readonly<Record<string, string>> = {}): string => t(key as never, values);
      const widgets = blueprint === undefined ? [] : templates[template]({ blueprint, scorecard, word });
      const place = parent === null ? {} : { parent };
      const page = { identifier, type: 'dashboard', title: title.trim(), showInSidebar: true, widgets, ...place };
      await post('/v1/pages', page);
      return identifier;
    },
    onSuccess: async (identifier) => {
      await client.invalidateQueries({ queryKey: ['pages'] });
      const search = template === 'empty' ? { edit: '1' } : {};
      await navigate({ to: '/pages/$page', params: { page: identifier }, search });
    },
  });
}
