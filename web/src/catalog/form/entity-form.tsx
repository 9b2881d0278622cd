import { Alert, Button, Modal, MultiSelect, SegmentedControl, TextInput } from '@mantine/core';
import { IconAlertCircle, IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { teamsQuery } from '../../access/api.ts';
import { IconPicker } from '../../actions/editor/icon-picker.tsx';
import type { PropertySchema } from '../../api/wire.ts';
import { helpBelow } from '../../ui/field-layout.ts';
import { NamedIcon } from '../../ui/icon.tsx';
import { isLong } from '../columns.ts';
import { EntityConflict } from './entity-conflict.tsx';
import { inheritsTeam } from './entity-draft.ts';
import classes from './entity-form.module.css';
import { EntityJson } from './entity-json.tsx';
import { EntitySummary } from './entity-summary.tsx';
import { PropertyField } from './property-field.tsx';
import { RelationField } from './relation-field.tsx';
import { type EntityForm as Form, type EntityFormStart, useEntityForm } from './use-entity-form.ts';

interface EntityFormProps extends EntityFormStart {
  readonly onClose: () => void;
}

/** An entity being created or changed. Closing keeps what was typed for the next time. */
export function EntityForm({ onClose, ...start }: EntityFormProps) {
  const { t } = useTranslation(['entity-form', 'common']);
  const form = useEntityForm(start);
  const [view, setView] = useState<'form' | 'json'>('form');
  const main = useRef<HTMLDivElement>(null);
  useSubmitKey(form.submit);
  // To what stopped it, also for those who do not see the red.
  useEffect(() => {
    if (form.refusals > 0) main.current?.querySelector<HTMLElement>('[aria-invalid=true], [role=alert]')?.focus();
  }, [form.refusals]);
  const { blueprint, stored } = form;
  const title = stored === null ? t('newTitle', { blueprint: blueprint.title }) : stored.entity.title;
  return (
    <Modal
      opened
      onClose={onClose}
      size={980}
      padding={0}
      closeButtonProps={{ 'aria-label': t('common:close') }}
      classNames={{ header: classes['header'] ?? '', title: classes['title'] ?? '' }}
      title={
        <>
          <span className={classes['icon']}>
            <NamedIcon name={form.draft.icon === '' ? blueprint.icon : form.draft.icon} />
          </span>
          {stored === null ? title : t('editTitle', { title })}
        </>
      }
    >
      <form
        className={classes['form']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <div ref={main} className={classes['main']}>
          <div className={classes['tools']}>
            <SegmentedControl
              size="xs"
              aria-label={t('view.label')}
              value={view}
              data={[
                { value: 'form', label: t('view.form') },
                { value: 'json', label: t('view.json') },
              ]}
              onChange={(next) => setView(next === 'json' ? 'json' : 'form')}
            />
            <small>{t('requiredHint')}</small>
          </div>
          <Notices form={form} />
          {view === 'json' ? <EntityJson form={form} /> : <Fields form={form} />}
        </div>
        <EntitySummary form={form} />
        <footer className={classes['foot']}>
          <span className={classes['hint']}>{t('hint')}</span>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={form.pending} disabled={stored !== null && !form.dirty}>
            {t(stored === null ? 'create' : 'save')}
          </Button>
        </footer>
      </form>
      {form.conflict !== undefined && <EntityConflict form={form} conflict={form.conflict} />}
    </Modal>
  );
}

function Notices({ form }: { readonly form: Form }) {
  const { t } = useTranslation('entity-form');
  return (
    <>
      {form.problem !== undefined && (
        <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert" tabIndex={-1}>
          {form.problem}
        </Alert>
      )}
      {form.restored && (
        <Alert color="gray" variant="light" icon={<IconHistory size={18} />} role="status">
          <div className={classes['notice']}>
            {t('restored')}
            <Button size="xs" variant="default" onClick={form.discard}>
              {t('discard')}
            </Button>
          </div>
        </Alert>
      )}
    </>
  );
}

function Fields({ form }: { readonly form: Form }) {
  const { t } = useTranslation('entity-form');
  const { blueprint } = form;
  // Long texts after what is entered in a line.
  const all = Object.entries(blueprint.schema.properties);
  const properties = [...all.filter(([, one]) => !isLong(one)), ...all.filter(([, one]) => isLong(one))];
  const relations = Object.entries(blueprint.relations);
  return (
    <>
      <Head form={form} />
      {properties.length > 0 && (
        <section className={classes['group']}>
          <h3>{t('properties')}</h3>
          <div className={classes['grid']}>
            {properties.map(([key, schema]) => (
              <div key={key} className={needsWidth(schema) ? classes['wide'] : undefined}>
                <PropertyField
                  name={key}
                  schema={schema}
                  value={form.draft.properties[key]}
                  required={blueprint.schema.required.includes(key)}
                  error={form.errors[`properties.${key}`]}
                  broken={form.broken[key]}
                  onBroken={(text) => form.setBroken(key, text)}
                  onChange={(value) => form.setProperty(key, value)}
                />
              </div>
            ))}
          </div>
        </section>
      )}
      {relations.length > 0 && (
        <section className={classes['group']}>
          <h3>{t('relations')}</h3>
          <div className={classes['grid']}>
            {relations.map(([key, relation]) => (
              <div key={key} className={relation.many === true ? classes['wide'] : undefined}>
                <RelationField
                  name={key}
                  relation={relation}
                  value={form.draft.relations[key]}
                  error={form.errors[`relations.${key}`]}
                  onChange={(value) => form.setRelation(key, value)}
                />
              </div>
            ))}
          </div>
        </section>
      )}
    </>
  );
}

const needsWidth = (schema: PropertySchema): boolean =>
  isLong(schema) || schema.format === 'labeled-url' || (schema.type === 'array' && schema.items?.enum === undefined);

/** What every entity has: a title, an identifier, an icon, a team. */
function Head({ form }: { readonly form: Form }) {
  const { t } = useTranslation('entity-form');
  const { draft, blueprint, stored, errors } = form;
  const identifierHelp = stored === null ? t('identifier.helpNew') : t('identifier.helpEdit');
  return (
    <>
      <div className={classes['head']}>
        <div>
          <span className={classes['label']}>{t('icon')}</span>
          <IconPicker
            label={t('icon')}
            value={draft.icon}
            fallback={blueprint.icon}
            onChange={(name) => form.set({ icon: name ?? '' })}
          />
        </div>
        <TextInput
          label={t('title')}
          data-autofocus
          autoComplete="off"
          error={errors['title']}
          value={draft.title}
          placeholder={t('titlePlaceholder', { blueprint: blueprint.title })}
          onChange={(event) => form.setTitle(event.currentTarget.value)}
        />
      </div>
      <div className={classes['grid']}>
        <TextInput
          label={t('identifier.label')}
          description={identifierHelp}
          inputWrapperOrder={helpBelow}
          autoComplete="off"
          spellCheck={false}
          error={errors['identifier']}
          styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
          placeholder={stored === null ? t('identifier.generated') : ''}
          value={draft.identifier}
          onChange={(event) => form.setIdentifier(event.currentTarget.value)}
        />
        <TeamField form={form} />
      </div>
    </>
  );
}

function TeamField({ form }: { readonly form: Form }) {
  const { t } = useTranslation('entity-form');
  const { data: teams = [] } = useQuery(teamsQuery);
  const { blueprint, draft, errors } = form;
  const names = [...new Set([...teams.map((one) => one.name), ...draft.team])];
  const inherited = inheritsTeam(blueprint);
  return (
    <MultiSelect
      label={blueprint.ownership?.title ?? t('team.label')}
      description={inherited ? t('team.inherited', { path: blueprint.ownership?.path ?? '' }) : undefined}
      inputWrapperOrder={helpBelow}
      disabled={inherited}
      searchable
      clearable
      error={errors['team']}
      placeholder={draft.team.length === 0 && !inherited ? t('team.choose') : ''}
      data={names}
      value={[...draft.team]}
      onChange={(team) => form.set({ team })}
    />
  );
}

/** Ctrl or Cmd with Enter or S submits from any field, also from within the code editor. */
function useSubmitKey(submit: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.metaKey || event.ctrlKey) || (event.key !== 'Enter' && event.key !== 's')) return;
      event.preventDefault();
      event.stopPropagation();
      submit();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  });
}
