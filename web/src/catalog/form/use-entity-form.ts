import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { theirChanges, type TheirChange, withNamed, withTheirs } from '../../actions/editor/changes.ts';
import { identifierFrom } from '../../actions/editor/identifier.ts';
import { sameJson } from '../../actions/editor/paths.ts';
import { formErrors, type Values } from '../../actions/form-rules.ts';
import { isOffline, isProblem } from '../../api/problem.ts';
import type { Blueprint, Entity, UserInputs } from '../../api/wire.ts';
import { keptDrafts } from '../../ui/kept-drafts.ts';
import { useErrorWords } from '../../ui/states.tsx';
import { changeEntity, createEntity, readStored, type StoredEntity } from './entity-document.ts';
import { draftOf, type EntityDraft, isBlank } from './entity-draft.ts';
import { entityErrors, type FieldErrors } from './entity-errors.ts';

export interface EntityFormStart {
  readonly blueprint: Blueprint;
  /** The entity being changed; none for a new one. */
  readonly stored: StoredEntity | null;
  /** What the form shows first. */
  readonly start: EntityDraft;
  /** Names the draft that is kept. */
  readonly name: string;
  readonly onSaved: (entity: Entity) => void;
}

/** What was changed, and from what. */
interface Base {
  readonly draft: EntityDraft;
  readonly version: string;
}

interface Kept {
  readonly draft: EntityDraft;
  readonly base: Base | null;
  readonly follows: boolean;
}

const kept = keptDrafts<Kept>('quayside-entity');

/** As people write identifiers of things: lower case, dashes between the words. */
export const suggestedIdentifier = (title: string): string => identifierFrom(title).replaceAll('_', '-');

const inputsOf = (blueprint: Blueprint): UserInputs => ({
  properties: blueprint.schema.properties,
  required: blueprint.schema.required,
});

interface Missing {
  readonly key: string;
  readonly limit?: number;
}

/** What a person can put right before sending. */
export function missingOf(blueprint: Blueprint, draft: EntityDraft): Readonly<Record<string, Missing>> {
  const properties = Object.entries(formErrors(inputsOf(blueprint), draft.properties)).map(
    ([key, error]): readonly [string, Missing] => [`properties.${key}`, error],
  );
  const relations = Object.entries(blueprint.relations)
    .filter(([key, relation]) => relation.required === true && isBlank(draft.relations[key]))
    .map(([key]): readonly [string, Missing] => [`relations.${key}`, { key: 'required' }]);
  return Object.fromEntries<Missing>([...properties, ...relations]);
}

function useKeptDraft({ blueprint, stored, start, name }: EntityFormStart) {
  const origin: Base | null =
    stored === null ? null : { draft: draftOf(stored.entity, blueprint), version: stored.version };
  const [first] = useState((): Kept & { readonly restored: boolean } => {
    const found = kept.read(name);
    if (found === undefined || sameJson(found.draft, start))
      return { draft: start, base: origin, follows: stored === null, restored: false };
    return { ...found, restored: true };
  });
  const [draft, setDraft] = useState(first.draft);
  const [base, setBase] = useState(first.base);
  const [follows, setFollows] = useState(first.follows);
  const [restored, setRestored] = useState(first.restored);
  const [done, setDone] = useState(false);
  const dirty = !sameJson(draft, base?.draft ?? start);
  useEffect(() => {
    if (dirty && !done) kept.keep(name, { draft, base, follows });
    else kept.drop(name);
  }, [name, dirty, done, draft, base, follows]);
  return {
    draft,
    setDraft,
    base,
    setBase,
    follows,
    setFollows,
    dirty,
    restored: restored && dirty,
    finish: (): void => setDone(true),
    /** Back to what is stored, or to an empty form. */
    discard: (): void => {
      setDraft(origin?.draft ?? start);
      setBase(origin);
      setFollows(stored === null);
      setRestored(false);
    },
  };
}

interface Attempt {
  readonly draft: EntityDraft;
  readonly base: Base | null;
}

/** What somebody else changed while this form was open, and how it stands now. */
export interface Conflict {
  readonly changes: readonly TheirChange[];
  readonly theirs: Base;
}

/** A write over a newer version first takes over what does not touch the own changes, and asks about the rest. */
function useSaving(start: EntityFormStart, done: (entity: Entity) => void) {
  const { blueprint } = start;
  const client = useQueryClient();
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [conflict, setConflict] = useState<Conflict>();
  const write = async ({ draft, base }: Attempt, again = true): Promise<Entity | Conflict> => {
    if (base === null) return createEntity(blueprint, draft, key);
    try {
      return await changeEntity(blueprint, base.draft, draft, base.version);
    } catch (error) {
      if (!again || !isProblem(error) || error.code !== 'stale_version') throw error;
      const stored = await readStored(blueprint.identifier, base.draft.identifier);
      const theirs: Base = { draft: draftOf(stored.entity, blueprint), version: stored.version };
      const changes = theirChanges(base.draft, draft, theirs.draft);
      if (changes.some(({ contested }) => contested)) return { changes, theirs };
      return write({ draft: withTheirs(draft, changes), base: theirs }, false);
    }
  };
  const saving = useMutation({
    mutationFn: async (attempt: Attempt) => write(attempt),
    onSuccess: (result) => {
      if ('changes' in result) return setConflict(result);
      done(result);
      for (const queryKey of [['entities', blueprint.identifier], ['entity', blueprint.identifier], ['audits']])
        void client.invalidateQueries({ queryKey });
    },
    // What never arrived may have: the same key then gives the same answer.
    onError: (error) => {
      if (!isOffline(error)) setKey(crypto.randomUUID());
    },
  });
  return { saving, conflict, setConflict };
}

/** One entity being written: form and JSON look at the same draft, errors at their field, nothing typed is lost. */
export function useEntityForm(start: EntityFormStart) {
  const { blueprint, stored, onSaved } = start;
  const { t } = useTranslation('actions');
  const words = useErrorWords();
  const own = useKeptDraft(start);
  const { draft, base, setDraft, setBase, follows, setFollows } = own;
  const { saving, conflict, setConflict } = useSaving(start, (entity) => {
    own.finish();
    onSaved(entity);
  });
  const [broken, setBroken] = useState<Readonly<Record<string, string>>>({});
  const [shown, setShown] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const wrong = missingOf(blueprint, draft);
  const refused = entityErrors(saving.error);
  const errors: FieldErrors = {
    ...refused,
    ...(shown
      ? Object.fromEntries(
          Object.entries(wrong).map(([place, { key, limit }]) => [place, t(`form.errors.${key}`, { limit })]),
        )
      : {}),
  };
  const submit = (): void => {
    if (saving.isPending || conflict !== undefined) return;
    const blocked = Object.keys(wrong).length > 0 || Object.keys(broken).length > 0;
    setShown(blocked);
    if (blocked) setRefusals(refusals + 1);
    else saving.mutate({ draft, base }, { onError: () => setRefusals((count) => count + 1) });
  };
  return {
    ...own,
    blueprint,
    stored,
    errors,
    refusals,
    broken,
    setBroken: (place: string, text: string | undefined): void =>
      setBroken((known) => {
        const rest = Object.fromEntries(Object.entries(known).filter(([one]) => one !== place));
        return text === undefined ? rest : { ...rest, [place]: text };
      }),
    problem: saving.isError && Object.keys(refused).length === 0 ? words(saving.error) : undefined,
    pending: saving.isPending,
    submit,
    set: (change: Partial<EntityDraft>): void => setDraft({ ...draft, ...change }),
    setTitle: (title: string): void =>
      setDraft({ ...draft, title, ...(follows ? { identifier: suggestedIdentifier(title) } : {}) }),
    setIdentifier: (identifier: string): void => {
      setFollows(false);
      setDraft({ ...draft, identifier });
    },
    setProperty: (key: string, value: unknown): void =>
      setDraft({ ...draft, properties: withKey(draft.properties, key, value) }),
    setRelation: (key: string, value: unknown): void =>
      setDraft({ ...draft, relations: withKey(draft.relations, key, value) as EntityDraft['relations'] }),
    conflict,
    decideLater: (): void => setConflict(undefined),
    takeTheirs: ({ theirs }: Conflict): void => {
      setConflict(undefined);
      setBase(theirs);
      setDraft(theirs.draft);
    },
    saveWith: ({ changes, theirs }: Conflict, taken: readonly string[]): void => {
      const next = withNamed(draft, changes, taken);
      setConflict(undefined);
      setBase(theirs);
      setDraft(next);
      saving.mutate({ draft: next, base: theirs });
    },
  };
}

export type EntityForm = ReturnType<typeof useEntityForm>;

function withKey(values: Values, key: string, value: unknown): Values {
  if (!isBlank(value)) return { ...values, [key]: value };
  return Object.fromEntries(Object.entries(values).filter(([one]) => one !== key));
}
