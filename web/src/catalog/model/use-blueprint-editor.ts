import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import { theirChanges, type TheirChange, withNamed } from '../../actions/editor/changes.ts';
import { sameJson, withValue, type Path } from '../../actions/editor/paths.ts';
import { isOffline, isProblem } from '../../api/problem.ts';
import { keptDrafts } from '../../ui/kept-drafts.ts';
import {
  type BlueprintDraft,
  definitionAt,
  type Definition,
  faultsOf,
  type FieldRef,
  renamedField,
  textAt,
  withField,
} from './blueprint-edits.ts';
import { createBlueprint, readBlueprint, renameKey, replaceBlueprint, type StoredBlueprint } from './model-api.ts';

export interface EditorStart {
  /** Names the draft that is kept. */
  readonly name: string;
  readonly stored: StoredBlueprint | null;
  readonly start: BlueprintDraft;
}

interface Kept {
  readonly draft: BlueprintDraft;
  readonly base: StoredBlueprint | null;
}

const kept = keptDrafts<Kept>('quayside-blueprint');
export const dropDraft = kept.drop;

export interface Conflict {
  readonly changes: readonly TheirChange[];
  readonly theirs: StoredBlueprint;
}

function useDraft({ name, stored, start }: EditorStart) {
  const [first] = useState((): Kept & { readonly restored: boolean } => {
    const found = kept.read(name);
    return found === undefined || sameJson(found.draft, start)
      ? { draft: start, base: stored, restored: false }
      : { ...found, restored: true };
  });
  const [draft, setDraft] = useState(first.draft);
  const [base, setBase] = useState(first.base);
  const [restored, setRestored] = useState(first.restored);
  const dirty = !sameJson(draft, base?.draft ?? start);
  useEffect(() => {
    if (dirty) kept.keep(name, { draft, base });
    else kept.drop(name);
  }, [name, dirty, draft, base]);
  return { draft, setDraft, base, setBase, dirty, restored: restored && dirty, setRestored };
}

/** One blueprint being written: fields, settings and JSON look at the same draft; a write over a newer one is asked about. */
export function useBlueprintEditor(start: EditorStart, onSaved: (saved: StoredBlueprint, isNew: boolean) => void) {
  const client = useQueryClient();
  const own = useDraft(start);
  const { draft, base, setDraft, setBase } = own;
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [conflict, setConflict] = useState<Conflict>();
  const [broken, setBroken] = useState<Readonly<Record<string, string>>>({});
  const settle = (saved: StoredBlueprint): void => {
    setBase(saved);
    setDraft(saved.draft);
    own.setRestored(false);
    for (const queryKey of [['blueprints'], ['blueprint'], ['entities'], ['entity']])
      void client.invalidateQueries({ queryKey });
  };
  const saving = useMutation({
    mutationFn: async (attempt: Kept): Promise<StoredBlueprint> =>
      attempt.base === null
        ? createBlueprint(attempt.draft, key)
        : replaceBlueprint(textAt(attempt.base.draft, 'identifier'), attempt.draft, attempt.base.version),
    onSuccess: (saved, attempt) => {
      settle(saved);
      // Whatever named a renamed blueprint follows it.
      if (attempt.base !== null && textAt(attempt.base.draft, 'identifier') !== textAt(saved.draft, 'identifier'))
        void client.invalidateQueries();
      onSaved(saved, attempt.base === null);
    },
    onError: async (error, attempt) => {
      // What never arrived may have: the same key then gives the same answer.
      if (!isOffline(error)) setKey(crypto.randomUUID());
      if (!isProblem(error) || error.code !== 'stale_version' || attempt.base === null) return;
      const theirs = await readBlueprint(textAt(attempt.base.draft, 'identifier'));
      setConflict({ theirs, changes: theirChanges(attempt.base.draft, attempt.draft, theirs.draft) });
    },
  });
  const renaming = useMutation({
    mutationFn: async ({ field, to }: { readonly field: FieldRef; readonly to: string }) =>
      renameKey(textAt(base?.draft ?? draft, 'identifier'), field, to, base?.version ?? ''),
    onSuccess: (saved, { field, to }) => {
      // What is being edited goes on under the new name.
      const next = renamedField(draft, field, to);
      settle(saved);
      setDraft(next);
    },
  });
  const faults = useMemo(() => faultsOf(saving.error), [saving.error]);
  const stale = isProblem(saving.error) && saving.error.code === 'stale_version';
  return {
    ...own,
    stored: base,
    /** What it is called until a new name is saved. */
    identifier: textAt(base?.draft ?? draft, 'identifier'),
    faults,
    error: stale || faults.length > 0 ? null : saving.error,
    refused: saving.isError && !stale,
    pending: saving.isPending,
    renaming,
    broken,
    setBroken: (place: string, text: string | undefined): void =>
      setBroken((known) => {
        const rest = Object.fromEntries(Object.entries(known).filter(([one]) => one !== place));
        return text === undefined ? rest : { ...rest, [place]: text };
      }),
    set: (path: Path, value: unknown): void => setDraft(withValue(draft, path, value)),
    setField: (field: FieldRef, definition: Definition | undefined): void =>
      setDraft(withField(draft, field, definition)),
    isStored: (field: FieldRef): boolean => base !== null && definitionAt(base.draft, field) !== undefined,
    save: (): void => {
      if (!saving.isPending && Object.keys(broken).length === 0) saving.mutate({ draft, base });
    },
    discard: (): void => {
      setDraft(start.stored?.draft ?? start.start);
      setBase(start.stored);
      own.setRestored(false);
      setBroken({});
      saving.reset();
    },
    conflict,
    decideLater: (): void => setConflict(undefined),
    takeTheirs: ({ theirs }: Conflict): void => {
      setConflict(undefined);
      saving.reset();
      settle(theirs);
    },
    saveWith: ({ theirs, changes }: Conflict, taken: readonly string[]): void => {
      const next = withNamed(draft, changes, taken);
      setConflict(undefined);
      setBase(theirs);
      setDraft(next);
      saving.mutate({ draft: next, base: theirs });
    },
  };
}

export type BlueprintEditor = ReturnType<typeof useBlueprintEditor>;

export const EditorContext = createContext<BlueprintEditor | undefined>(undefined);

export function useEditor(): BlueprintEditor {
  const editor = useContext(EditorContext);
  if (editor === undefined) throw new Error('A part of the builder stands outside of it');
  return editor;
}
