import { useTranslation } from 'react-i18next';
import { changesBetween } from '../../actions/editor/changes.ts';
import type { Blueprint } from '../../api/wire.ts';
import { Chip } from '../../ui/chip.tsx';
import { DiffView } from '../../ui/diff-view.tsx';
import { NamedIcon } from '../../ui/icon.tsx';
import { TeamChips } from '../team-chips.tsx';
import type { EntityDraft } from './entity-draft.ts';
import { placeTitle } from './entity-conflict.tsx';
import classes from './entity-form.module.css';
import { type EntityForm, missingOf } from './use-entity-form.ts';

const titlesOf = (definitions: Readonly<Record<string, { readonly title?: string }>>): readonly string[] =>
  Object.entries(definitions).map(([key, one]) => one.title ?? key);

const computedOf = (blueprint: Blueprint): readonly string[] => [
  ...titlesOf(blueprint.mirrorProperties),
  ...titlesOf(blueprint.calculationProperties),
  ...titlesOf(blueprint.aggregationProperties),
];

/** What comes of the form: the entity as others will see it, what changes, what is still missing. */
export function EntitySummary({ form }: { readonly form: EntityForm }) {
  const { t } = useTranslation('entity-form');
  const { draft, blueprint, stored, base } = form;
  const own = (key: string): string => t(`own.${key}`, { defaultValue: key });
  const missing = Object.entries(missingOf(blueprint, draft)).filter(([, { key }]) => key === 'required');
  const computed = computedOf(blueprint);
  const name = draft.title.trim() || draft.identifier || t('summary.unnamed');
  return (
    <aside className={classes['aside']} aria-label={t('summary.label')}>
      <div className={classes['card']}>
        <span className={classes['cardHead']}>
          <span className={classes['icon']}>
            <NamedIcon name={draft.icon === '' ? blueprint.icon : draft.icon} />
          </span>
          <span>
            <strong>{name}</strong>
            <code>{draft.identifier === '' ? t('identifier.generated') : draft.identifier}</code>
          </span>
        </span>
        <TeamChips teams={draft.team} />
      </div>
      {base !== null && stored !== null && (
        <div>
          <h3>{t('summary.changes')}</h3>
          {form.dirty ? (
            <DiffView {...namedChanges(blueprint, base.draft, draft, own)} />
          ) : (
            <p>{t('summary.unchanged')}</p>
          )}
        </div>
      )}
      {missing.length > 0 && (
        <div>
          <h3>{t('summary.missing')}</h3>
          <p>{missing.map(([place]) => placeTitle(blueprint, place.split('.'), own)).join(', ')}</p>
        </div>
      )}
      {computed.length > 0 && (
        <div>
          <h3>{t('summary.computed')}</h3>
          <p>{t('summary.computedHelp')}</p>
          <p className={classes['computed']}>
            {computed.map((title) => (
              <Chip key={title}>{title}</Chip>
            ))}
          </p>
        </div>
      )}
    </aside>
  );
}

/** What changed, under the names that people know. */
function namedChanges(blueprint: Blueprint, before: EntityDraft, after: EntityDraft, own: (key: string) => string) {
  const changes = changesBetween(before, after).map(({ path, ...values }) => ({
    ...values,
    title: placeTitle(blueprint, path, own),
  }));
  const side = (which: 'before' | 'after'): Readonly<Record<string, unknown>> =>
    Object.fromEntries(changes.map((change) => [change.title, change[which]]));
  return { before: side('before'), after: side('after') };
}
