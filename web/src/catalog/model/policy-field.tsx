import { Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Grant } from '../../access/grant-fields.tsx';
import { JsonBlock } from '../../actions/editor/fields.tsx';
import { isPlain } from '../../actions/editor/paths.ts';
import type { PlacedError } from '../../actions/editor/placed-errors.ts';
import { jsonCompletion } from '../../ui/json-completion.ts';
import { fieldsOf } from './blueprint-edits.ts';
import classes from './builder.module.css';
import { useEditor } from './use-blueprint-editor.ts';

const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);
const operators = words(`= != > >= < <= in notIn contains doesNotContain containsAny beginsWith doesNotBeginWith
  endsWith doesNotEndWith between notBetween isEmpty isNotEmpty relatedTo`);
const meta = words('$title $identifier $team $icon $createdAt $updatedAt $createdBy $updatedBy');

/** What the search language says at each place, groups within groups down to the third. */
function completionFor(properties: readonly string[]) {
  const groups = ['', 'rules.*', 'rules.*.rules.*'];
  const rules = groups.map((group) => (group === '' ? 'rules.*' : `${group}.rules.*`));
  const each = <Words,>(places: readonly string[], end: string, value: Words) =>
    Object.fromEntries(places.map((place) => [[place, end].filter(Boolean).join('.'), value]));
  return jsonCompletion({
    keys: {
      ...each(rules, '', words('property operator value blueprint direction combinator rules')),
      '': words('combinator rules'),
      ...each(rules, 'value', words('context property')),
    },
    values: {
      ...each(groups, 'combinator', words('and or')),
      ...each(rules, 'operator', operators),
      ...each(rules, 'property', [...properties, ...meta]),
      ...each(rules, 'value.context', words('user userTeams')),
    },
  });
}

/** The entities of the reader's own teams: where most policies begin. */
const example = {
  combinator: 'and',
  rules: [{ property: '$team', operator: 'containsAny', value: { context: 'userTeams', property: '$identifier' } }],
};

const dotted = ({ path, message }: PlacedError): string =>
  path.length === 0 ? message : `${path.join('.')}: ${message}`;

interface PolicyFieldProps {
  readonly grant: Grant & { readonly ownedByTeam: boolean; readonly policy?: unknown };
  /** What the server said about values within the policy. */
  readonly faults: readonly PlacedError[];
  readonly broken: string | undefined;
  readonly onBroken: (text: string | undefined) => void;
  readonly onChange: (policy: unknown) => void;
}

/** A query that says which entities somebody may read, written as JSON. */
export function PolicyField({ grant, faults, broken, onBroken, onChange }: PolicyFieldProps) {
  const { t } = useTranslation('data-model');
  const { draft } = useEditor();
  const { users, roles, teams, ownedByTeam, policy } = grant;
  const on = policy !== null && policy !== undefined;
  const isBare = [users, roles, teams].every((list) => list.length === 0) && !ownedByTeam;
  const keys = (['property', 'relation', 'mirror', 'calculation', 'aggregation'] as const).flatMap((kind) =>
    fieldsOf(draft, kind).map((field) => field.key),
  );
  const [first] = faults;
  return (
    <>
      <Switch
        label={t('permissions.policy')}
        description={t('permissions.policyHelp')}
        checked={on}
        onChange={(event) => {
          onBroken(undefined);
          onChange(event.currentTarget.checked ? example : null);
        }}
      />
      {on && !isBare && <p className={classes['warning']}>{t('permissions.policyIdle')}</p>}
      {on && (
        <JsonBlock
          label={t('permissions.policyJson')}
          value={policy}
          accepts={isPlain}
          error={first === undefined ? undefined : dotted(first)}
          errors={faults}
          brokenText={broken}
          onBroken={onBroken}
          onChange={onChange}
          complete={completionFor(keys)}
          maxHeight={360}
        />
      )}
    </>
  );
}
