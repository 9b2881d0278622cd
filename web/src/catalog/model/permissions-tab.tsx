import { Button, Group, Select, Stack, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconTrash } from '@tabler/icons-react';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Grant, GrantFields } from '../../access/grant-fields.tsx';
import { sameJson } from '../../actions/editor/paths.ts';
import { type PlacedError, placedErrors } from '../../actions/editor/placed-errors.ts';
import { get, patch, path } from '../../api/client.ts';
import { ErrorState, RowSkeletons, useErrorWords } from '../../ui/states.tsx';
import { definitionAt, fieldsOf, textAt } from './blueprint-edits.ts';
import classes from './builder.module.css';
import { PolicyField } from './policy-field.tsx';
import { useEditor } from './use-blueprint-editor.ts';

interface EntityGrant extends Grant {
  readonly ownedByTeam: boolean;
  readonly policy?: unknown;
}

type Grants = Readonly<Record<string, EntityGrant>>;

interface EntityPermissions {
  readonly read: EntityGrant;
  readonly register: EntityGrant;
  readonly update: EntityGrant;
  readonly unregister: EntityGrant;
  readonly updateProperties: Grants;
  readonly updateRelations: Grants;
}

const verbs = ['read', 'register', 'update', 'unregister'] as const;

const permissionsQuery = (blueprint: string) =>
  queryOptions({
    queryKey: ['blueprint', blueprint, 'permissions'],
    queryFn: async ({ signal }) =>
      (
        await get<{ permissions: { entities: EntityPermissions } }>(path('/v1/blueprints', blueprint, 'permissions'), {
          signal,
        })
      ).permissions.entities,
    refetchOnWindowFocus: false,
  });

/** Who reads, adds, changes and removes entities of the blueprint. Saved by itself: it is no part of its definition. */
export function PermissionsTab() {
  const { t } = useTranslation('data-model');
  const { stored } = useEditor();
  const blueprint = stored === null ? '' : textAt(stored.draft, 'identifier');
  const permissions = useQuery({ ...permissionsQuery(blueprint), enabled: blueprint !== '' });
  if (blueprint === '') return <p className={classes['help']}>{t('permissions.unsaved')}</p>;
  if (permissions.isError) return <ErrorState error={permissions.error} retry={permissions.refetch} />;
  if (permissions.isPending) return <RowSkeletons rows={4} height={120} />;
  return <Form key={permissions.dataUpdatedAt} blueprint={blueprint} first={permissions.data} />;
}

interface FormProps {
  readonly blueprint: string;
  readonly first: EntityPermissions;
}

function Form({ blueprint, first }: FormProps) {
  const { t } = useTranslation('data-model');
  const words = useErrorWords();
  const client = useQueryClient();
  const [draft, setDraft] = useState(first);
  /** A policy that is no JSON yet. */
  const [broken, setBroken] = useState<string>();
  const dirty = !sameJson(draft, first) || broken !== undefined;
  const saving = useMutation({
    mutationFn: async () =>
      patch(path('/v1/blueprints', blueprint, 'permissions'), { entities: changedParts(draft, first) }),
    onSuccess: async () => {
      notifications.show({ message: t('permissions.saved') });
      await client.invalidateQueries({ queryKey: ['blueprint', blueprint, 'permissions'] });
      await client.invalidateQueries({ queryKey: ['blueprints', blueprint, 'permissions'] });
    },
  });
  const change = (next: EntityPermissions): void => {
    saving.reset();
    setDraft(next);
  };
  const discard = (): void => {
    setBroken(undefined);
    change(first);
  };
  return (
    <Stack gap={16} maw={1100}>
      <p className={classes['help']}>{t('permissions.help', { blueprint })}</p>
      <div className={classes['grants']}>
        {verbs.map((verb) => (
          <EntityGrantFields
            key={verb}
            legend={t(`permissions.${verb}`)}
            blueprint={blueprint}
            grant={draft[verb]}
            onChange={(grant) => change({ ...draft, [verb]: grant })}
          >
            {verb === 'read' && (
              <PolicyField
                grant={draft.read}
                faults={policyFaults(saving.error)}
                broken={broken}
                onBroken={setBroken}
                onChange={(policy) => change({ ...draft, read: { ...draft.read, policy } })}
              />
            )}
          </EntityGrantFields>
        ))}
      </div>
      <FieldGrants blueprint={blueprint} draft={draft} onChange={change} />
      {saving.isError && (
        <p role="alert" className={classes['error']}>
          {words(saving.error)}
        </p>
      )}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" disabled={!dirty} onClick={discard}>
          {t('discard')}
        </Button>
        <Button disabled={!dirty || broken !== undefined} loading={saving.isPending} onClick={() => saving.mutate()}>
          {t('permissions.save')}
        </Button>
      </Group>
    </Stack>
  );
}

const policyPath = ['entities', 'read', 'policy'];

/** What the server refused about the policy, each at its place within it. */
const policyFaults = (error: unknown): readonly PlacedError[] =>
  placedErrors(error)
    .filter((one) => policyPath.every((part, index) => one.path[index] === part))
    .map((one) => ({ ...one, path: one.path.slice(policyPath.length) }));

/** Only what somebody touched: defaults of fields stay defaults. */
function changedParts(draft: EntityPermissions, first: EntityPermissions): object {
  const grants = verbs
    .filter((verb) => !sameJson(draft[verb], first[verb]))
    .map((verb) => [verb, draft[verb]] as const);
  const single = (['updateProperties', 'updateRelations'] as const).flatMap((part) => {
    const changed = Object.entries(draft[part]).filter(([key, grant]) => !sameJson(grant, first[part][key]));
    return changed.length === 0 ? [] : [[part, Object.fromEntries(changed)] as const];
  });
  return Object.fromEntries<unknown>([...grants, ...single]);
}

interface EntityGrantFieldsProps {
  readonly legend: string;
  readonly blueprint: string;
  readonly grant: EntityGrant;
  readonly children?: ReactNode;
  readonly onChange: (grant: EntityGrant) => void;
}

function EntityGrantFields({ legend, blueprint, grant, children, onChange }: EntityGrantFieldsProps) {
  const { t } = useTranslation('data-model');
  return (
    <GrantFields legend={legend} roles={[`${blueprint}-moderator`]} grant={grant} onChange={onChange}>
      <Switch
        label={t('permissions.owned')}
        checked={grant.ownedByTeam}
        onChange={(event) => onChange({ ...grant, ownedByTeam: event.currentTarget.checked })}
      />
      {children}
    </GrantFields>
  );
}

const meta: ReadonlySet<string> = new Set(['$title', '$team', '$icon']);

interface FieldGrantsProps {
  readonly blueprint: string;
  readonly draft: EntityPermissions;
  readonly onChange: (draft: EntityPermissions) => void;
}

/** Fields that others than those who may change everything may change. */
function FieldGrants({ blueprint, draft, onChange }: FieldGrantsProps) {
  const { t } = useTranslation('data-model');
  const editor = useEditor();
  const [opened, setOpened] = useState<readonly string[]>([]);
  const usual: Grant = { users: [], roles: ['Admin', `${blueprint}-moderator`], teams: [] };
  const partOf = (key: string) => (Object.hasOwn(draft.updateRelations, key) ? 'updateRelations' : 'updateProperties');
  const all = [...Object.keys(draft.updateProperties), ...Object.keys(draft.updateRelations)];
  const isOwn = (key: string): boolean => {
    const { users, roles, teams, ownedByTeam } = draft[partOf(key)][key] ?? { ...usual, ownedByTeam: false };
    return ownedByTeam || !sameJson({ users, roles, teams }, usual);
  };
  const shown = all.filter((key) => opened.includes(key) || isOwn(key));
  const titleOf = (key: string): string => {
    if (meta.has(key)) return t(`meta.${key.slice(1)}`);
    const field = (['property', 'relation'] as const)
      .flatMap((kind) => fieldsOf(editor.draft, kind))
      .find((one) => one.key === key);
    return (field === undefined ? '' : textAt(definitionAt(editor.draft, field), 'title')) || key;
  };
  const put = (key: string, grant: EntityGrant): void =>
    onChange({ ...draft, [partOf(key)]: { ...draft[partOf(key)], [key]: grant } });
  return (
    <section className={classes['part']}>
      <h2>{t('permissions.fields')}</h2>
      <p className={classes['help']}>{t('permissions.fieldsHelp')}</p>
      {shown.map((key) => {
        const grant = draft[partOf(key)][key];
        if (grant === undefined) return null;
        return (
          <div key={key} className={classes['fieldGrant']}>
            <EntityGrantFields
              legend={titleOf(key)}
              blueprint={blueprint}
              grant={grant}
              onChange={(next) => put(key, next)}
            />
            <Button
              size="xs"
              variant="subtle"
              color="red"
              leftSection={<IconTrash size={15} />}
              onClick={() => {
                put(key, { ...grant, ...usual, ownedByTeam: false });
                setOpened(opened.filter((one) => one !== key));
              }}
            >
              {t('permissions.asUsual', { field: titleOf(key) })}
            </Button>
          </div>
        );
      })}
      <Select
        label={t('permissions.addField')}
        searchable
        value={null}
        data={all.filter((key) => !shown.includes(key)).map((value) => ({ value, label: titleOf(value) }))}
        onChange={(key) => key !== null && setOpened([...opened, key])}
      />
    </section>
  );
}
