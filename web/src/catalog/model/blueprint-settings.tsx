import { SegmentedControl, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconPicker } from '../../actions/editor/icon-picker.tsx';
import { helpBelow } from '../../ui/field-layout.ts';
import { faultAt, keyFrom, recordAt, textAt } from './blueprint-edits.ts';
import classes from './builder.module.css';
import { PathPicker } from './path-picker.tsx';
import { useEditor } from './use-blueprint-editor.ts';

/** What the blueprint is called, whose its entities are, and who hears of changes. */
export function BlueprintSettings() {
  const { stored } = useEditor();
  return (
    <div className={classes['settings']}>
      {stored !== null && <BlueprintNames />}
      <Ownership />
      <Changelog />
    </div>
  );
}

/** Title, identifier and the like; of a new blueprint they stand above everything else. */
export function BlueprintNames() {
  const { t } = useTranslation('data-model');
  const { draft, set, setDraft, faults, stored, identifier } = useEditor();
  const isRenamed = stored !== null && textAt(draft, 'identifier') !== identifier;
  const [follows, setFollows] = useState(stored === null && textAt(draft, 'identifier') === '');
  const title = textAt(draft, 'title');
  return (
    <>
      <div className={classes['naming']}>
        <div>
          <span className={classes['label']}>{t('field.icon')}</span>
          <IconPicker label={t('field.icon')} value={textAt(draft, 'icon')} onChange={(icon) => set(['icon'], icon)} />
        </div>
        <TextInput
          label={t('settings.title')}
          withAsterisk
          maxLength={100}
          data-autofocus
          placeholder={t('settings.titlePlaceholder')}
          error={faultAt(faults, ['title'])}
          value={title}
          onChange={(event) => {
            const next = event.currentTarget.value;
            setDraft({ ...draft, title: next, ...(follows ? { identifier: keyFrom(next) } : {}) });
          }}
        />
        <TextInput
          label={t('settings.identifier')}
          withAsterisk
          readOnly={stored !== null && identifier.startsWith('_')}
          maxLength={100}
          description={isRenamed ? t('settings.renameHelp', { identifier }) : undefined}
          inputWrapperOrder={helpBelow}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
          error={faultAt(faults, ['identifier'])}
          value={textAt(draft, 'identifier')}
          onChange={(event) => {
            setFollows(false);
            set(['identifier'], event.currentTarget.value);
          }}
        />
      </div>
      <Textarea
        label={t('field.description')}
        autosize
        minRows={1}
        maxLength={200}
        error={faultAt(faults, ['description'])}
        value={textAt(draft, 'description')}
        onChange={(event) => set(['description'], event.currentTarget.value || undefined)}
      />
    </>
  );
}

const ownerships = ['none', 'Direct', 'Inherited'];

function Ownership() {
  const { t } = useTranslation('data-model');
  const { draft, set, faults } = useEditor();
  const ownership = recordAt(draft, ['ownership']);
  const type = textAt(ownership, 'type') || 'none';
  return (
    <section className={classes['part']}>
      <h2>{t('ownership.title')}</h2>
      <SegmentedControl
        className={classes['views'] ?? ''}
        aria-label={t('ownership.title')}
        value={type}
        data={ownerships.map((value) => ({ value, label: t(`ownership.${value}`) }))}
        onChange={(next) =>
          set(
            ['ownership'],
            next === 'none' ? undefined : next === 'Direct' ? { type: next } : { type: next, path: '' },
          )
        }
      />
      <p className={classes['help']}>{t(`ownership.help.${type}`)}</p>
      {type === 'Inherited' && (
        <PathPicker
          relationsOnly
          label={t('ownership.path')}
          value={textAt(ownership, 'path')}
          error={faultAt(faults, ['ownership'])}
          onChange={(path) => set(['ownership', 'path'], path)}
        />
      )}
    </section>
  );
}

function Changelog() {
  const { t } = useTranslation('data-model');
  const { draft, set, faults } = useEditor();
  const destination = recordAt(draft, ['changelogDestination']);
  const isHook = destination['type'] === 'WEBHOOK';
  return (
    <section className={classes['part']}>
      <h2>{t('changelog.title')}</h2>
      <Switch
        label={t('changelog.on')}
        description={t('changelog.help')}
        checked={isHook}
        disabled={destination['type'] === 'KAFKA'}
        onChange={(event) =>
          set(['changelogDestination'], event.currentTarget.checked ? { type: 'WEBHOOK', url: '' } : undefined)
        }
      />
      {isHook && (
        <TextInput
          type="url"
          label={t('changelog.url')}
          error={faultAt(faults, ['changelogDestination'])}
          value={textAt(destination, 'url')}
          onChange={(event) => set(['changelogDestination', 'url'], event.currentTarget.value)}
        />
      )}
    </section>
  );
}
