import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { everyActionQuery } from '../../actions/api.ts';
import { scorecardsQuery } from '../../scorecards/api.ts';
import { useErrorWords } from '../../ui/states.tsx';
import { blueprintsQuery } from '../api.ts';
import { freeKey, nameOf } from './blueprint-edits.ts';
import classes from './builder.module.css';
import type { FieldPart } from './fields-tab.tsx';
import { type KeyUse, usesOf } from './key-uses.ts';
import { valueCountQuery } from './model-api.ts';
import { useEditor } from './use-blueprint-editor.ts';

interface RenameDialogProps extends Pick<FieldPart, 'field'> {
  readonly onClose: () => void;
  readonly onChoose: (name: string | undefined) => void;
}

/** Another key for what is stored: what follows by itself, and what goes on naming the old one. */
export function RenameDialog({ field, onClose, onChoose }: RenameDialogProps) {
  const { t } = useTranslation(['data-model', 'common']);
  const { renaming, draft } = useEditor();
  const words = useErrorWords();
  const [to, setTo] = useState(field.key);
  const wanted = to.trim();
  const taken = wanted !== field.key && freeKey(draft, wanted) !== wanted;
  const rename = (): void =>
    renaming.mutate(
      { field, to: wanted },
      {
        onSuccess: () => {
          onClose();
          onChoose(nameOf({ kind: field.kind, key: wanted }));
        },
      },
    );
  return (
    <Modal
      opened
      size={520}
      onClose={onClose}
      title={t('rename.title', { key: field.key })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack gap={16}>
        <TextInput
          data-autofocus
          label={t('rename.to')}
          styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
          error={taken ? t('rename.taken') : renaming.isError ? words(renaming.error) : undefined}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Touched field={field} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            disabled={wanted === '' || wanted === field.key || taken}
            loading={renaming.isPending}
            onClick={rename}
          >
            {t('rename.do')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Touched({ field }: Pick<FieldPart, 'field'>) {
  const { t } = useTranslation('data-model');
  const { identifier: blueprint } = useEditor();
  const { data: count } = useQuery(valueCountQuery(blueprint, field.key));
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: scorecards = [] } = useQuery(scorecardsQuery);
  const { data: actions = [] } = useQuery(everyActionQuery);
  const uses = usesOf(blueprint, field, { blueprints, scorecards, actions });
  return (
    <div className={classes['part']}>
      <p className={classes['help']}>
        {t('rename.help')} {count !== undefined && t('rename.values', { count })}
      </p>
      {uses.length === 0 ? (
        <p className={classes['help']}>{t('rename.unused')}</p>
      ) : (
        <>
          <h3>{t('rename.used', { count: uses.length })}</h3>
          <ul className={classes['faults']}>
            {uses.map((use) => (
              <li key={`${use.kind} ${use.identifier} ${use.part ?? ''}`}>
                <UseLink use={use} blueprint={blueprint} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function UseLink({ use, blueprint }: { readonly use: KeyUse; readonly blueprint: string }) {
  const { t } = useTranslation('data-model');
  const label = `${t(`rename.kind.${use.kind}`)}: ${use.title}`;
  // In another tab: what is being edited here is not saved yet.
  if (use.kind === 'scorecard')
    return (
      <Link to="/scorecards/$blueprint/$id" params={{ blueprint, id: use.identifier }} target="_blank">
        {label}
      </Link>
    );
  if (use.kind === 'action')
    return (
      <Link to="/self-service/$action/edit" params={{ action: use.identifier }} target="_blank">
        {label}
      </Link>
    );
  return (
    <Link
      to="/data-model/blueprints/$blueprint"
      params={{ blueprint: use.identifier }}
      search={{ item: use.part ?? '' }}
      target="_blank"
    >
      {label}
    </Link>
  );
}
