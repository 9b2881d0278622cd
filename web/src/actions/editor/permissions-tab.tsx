import { Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ActorsField } from './actors-field.tsx';
import classes from './editor.module.css';
import { JsonBlock, Section } from './fields.tsx';
import { withValue } from './paths.ts';
import type { Grant } from './permissions.ts';
import { errorAt } from './placed-errors.ts';
import { useEditor, useField } from './use-action-editor.ts';

/** Who may press Execute, and who says yes where somebody has to. */
export function PermissionsTab() {
  const { t } = useTranslation('action-editor');
  const { value: approval } = useField(['requiredApproval']);
  const needed = approval === true || (typeof approval === 'object' && approval !== null);
  return (
    <>
      <Section title={t('permissions.execute')} help={t('permissions.executeHelp')}>
        <GrantFields of="execute" />
      </Section>
      <Section
        title={t('permissions.approve')}
        help={needed ? t('permissions.approveHelp') : t('permissions.approveOff')}
      >
        <GrantFields of="approve" />
      </Section>
    </>
  );
}

function GrantFields({ of }: { readonly of: 'execute' | 'approve' }) {
  const { t } = useTranslation('action-editor');
  const editor = useEditor();
  const grant: Grant = editor.edited.permissions[of];
  const set = (key: keyof Grant, value: unknown): void =>
    editor.setPermissions(withValue(editor.edited.permissions, [of, key], value));
  const errorOf = (key: string): string | undefined => errorAt(editor.errors, [of, key], true);
  return (
    <>
      {(['roles', 'teams', 'users'] as const).map((key) => (
        <ActorsField
          key={key}
          kind={key}
          label={t(`permissions.${key}`)}
          error={errorOf(key)}
          value={grant[key] ?? []}
          onChange={(next) => set(key, next)}
        />
      ))}
      {of === 'execute' && (
        <Switch
          label={t('permissions.owned')}
          description={t('permissions.ownedHelp')}
          checked={grant.ownedByTeam === true}
          onChange={(event) => set('ownedByTeam', event.currentTarget.checked)}
        />
      )}
      <PolicyField
        of={of}
        policy={grant.policy}
        onChange={(policy) => set('policy', policy)}
        error={errorOf('policy')}
      />
    </>
  );
}

const examples = {
  execute: {
    queries: {
      mine: {
        combinator: 'and',
        rules: [
          { property: '$blueprint', operator: '=', value: 'service' },
          { property: '$team', operator: 'containsAny', value: '{{ .trigger.user.teams }}' },
        ],
      },
    },
    conditions: ['.results.mine.entities | length > 0'],
  },
  approve: {
    queries: {
      leads: {
        combinator: 'and',
        rules: [
          { property: '$blueprint', operator: '=', value: '_user' },
          { property: '$team', operator: 'containsAny', value: '{{ .trigger.user.teams }}' },
        ],
      },
    },
    conditions: ['[.results.leads.entities[].identifier]'],
  },
} as const;

interface PolicyFieldProps {
  readonly of: 'execute' | 'approve';
  readonly policy: unknown;
  readonly error: string | undefined;
  readonly onChange: (policy: unknown) => void;
}

/** Rules that look at the catalog and at what was entered; they are written as JSON. */
function PolicyField({ of, policy, error, onChange }: PolicyFieldProps) {
  const { t } = useTranslation('action-editor');
  const editor = useEditor();
  const path = ['permissions', of, 'policy'];
  const on = policy !== null && policy !== undefined;
  return (
    <>
      <Switch
        label={t('permissions.policy')}
        description={t(`permissions.policyHelp.${of}`)}
        checked={on}
        onChange={(event) => {
          editor.setBroken(path, undefined);
          onChange(event.currentTarget.checked ? examples[of] : null);
        }}
      />
      {on && (
        <div className={classes['nested']}>
          <JsonBlock
            label={t(`permissions.policyOf.${of}`)}
            value={policy}
            error={error}
            brokenText={editor.broken[path.join('.')]}
            onBroken={(text) => editor.setBroken(path, text)}
            onChange={(next) => onChange(next ?? null)}
          />
        </div>
      )}
    </>
  );
}
