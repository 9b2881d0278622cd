import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import { isOffline, isProblem } from '../../api/problem.ts';
import { type ActionDocument, createAction, readAction, replaceAction, type StoredAction } from '../action-document.ts';
import {
  type Base,
  baseOf,
  dropDraft,
  type Edited,
  grantedOf,
  keepDraft,
  type KeptDraft,
  readDraft,
} from './draft-store.ts';
import { identifierFrom } from './identifier.ts';
import { isPlain, type Path, pathText, sameJson, valueAt, withValue } from './paths.ts';
import { type ActionPermissions, permissionsQuery, savePermissions, type VersionedPermissions } from './permissions.ts';
import { type PlacedError, placedErrors } from './placed-errors.ts';
import { brokenTemplates, type Sample, type TemplateProblem } from './preview-api.ts';
import type { Checks } from './use-checks.ts';

export interface EditorStart {
  /** Names the draft of this browser tab. */
  readonly name: string;
  readonly base: Base | null;
  readonly start: Edited;
  /** What the server has now, which may be newer than what is being edited. */
  readonly stored: StoredAction | undefined;
}

export interface SaveRequest {
  readonly edited: Edited;
  readonly base: Base | null;
}

export const identifierOf = (document: ActionDocument): string => {
  const { identifier } = document;
  return typeof identifier === 'string' ? identifier : '';
};

/** Writes what changed: the definition first, then who may use it. */
async function write({ edited, base }: SaveRequest, key: string, onDocument: (base: Base) => void): Promise<Base> {
  const identifier = identifierOf(edited.document);
  let now = base;
  if (now === null) {
    await createAction(edited.document, key);
    now = baseOf(await readAction(identifier), edited);
    onDocument({ ...now, permissions: { execute: {}, approve: {} } });
    return withPermissions(now, await savePermissions(identifier, edited.permissions, undefined));
  }
  if (!sameJson(now.document, edited.document)) {
    const stored = await replaceAction(identifierOf(now.document), edited.document, now.version);
    now = baseOf(stored, grantedOf(now));
    onDocument(now);
  }
  if (sameJson(now.permissions, edited.permissions)) return now;
  return withPermissions(now, await savePermissions(identifier, edited.permissions, now.permissionsVersion));
}

const withPermissions = (base: Base, { permissions, version }: VersionedPermissions): Base => ({
  ...base,
  permissions,
  permissionsVersion: version,
});

function firstDraft({ name, base, start }: EditorStart): KeptDraft & { readonly restored: boolean } {
  const kept = readDraft(name);
  const fresh = { edited: start, base, identifierFollows: base === null && identifierOf(start.document) === '' };
  if (kept === undefined || sameJson(kept.edited, start)) return { ...fresh, restored: false };
  return { ...kept, restored: true };
}

/** What is edited and where it came from; kept in the browser tab while it differs from what is stored. */
function useDraft(start: EditorStart) {
  const [first] = useState(() => firstDraft(start));
  const [edited, setEdited] = useState(first.edited);
  const [base, setBase] = useState(first.base);
  const [identifierFollows, setFollows] = useState(first.identifierFollows);
  const [restored, setRestored] = useState(first.restored);
  const origin: Edited = base ?? start.start;
  const dirty = !sameJson(origin.document, edited.document) || !sameJson(origin.permissions, edited.permissions);
  const { name } = start;
  useEffect(() => {
    if (dirty) keepDraft(name, { edited, base, identifierFollows });
    else dropDraft(name);
  }, [name, dirty, edited, base, identifierFollows]);
  return { edited, setEdited, base, setBase, identifierFollows, setFollows, restored, setRestored, dirty, origin };
}

type Draft = ReturnType<typeof useDraft>;

/** Changes of the definition; the identifier follows the title until somebody writes one. */
function changesOf({ edited, setEdited, identifierFollows, setFollows }: Draft) {
  const setDocument = (document: ActionDocument): void => {
    if (!sameJson(document['identifier'], edited.document['identifier'])) setFollows(false);
    setEdited({ ...edited, document });
  };
  const set = (path: Path, value: unknown): void => {
    let document = withValue(edited.document, path, value);
    if (pathText(path) === 'title' && identifierFollows)
      document = withValue(document, ['identifier'], identifierFrom(textOf(value)));
    if (pathText(path) === 'identifier') setFollows(false);
    setEdited({ ...edited, document });
  };
  return {
    set,
    setDocument,
    followTitle: (follows: boolean): void => {
      setFollows(follows);
      if (!follows) return;
      const title = edited.document['title'];
      const identifier = identifierFrom(typeof title === 'string' ? title : '');
      setEdited({ ...edited, document: withValue(edited.document, ['identifier'], identifier) });
    },
    setPermissions: (permissions: ActionPermissions): void => setEdited({ ...edited, permissions }),
  };
}

/** Told with what cannot work, which is saved all the same. */
type OnSaved = (saved: Base, request: SaveRequest, broken: readonly TemplateProblem[]) => void;

function useSaving(draft: Draft, onSaved: OnSaved) {
  const client = useQueryClient();
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [theirs, setTheirs] = useState<StoredAction>();
  const saving = useMutation({
    mutationFn: async (request: SaveRequest) => ({
      saved: await write(request, key, draft.setBase),
      broken: await brokenTemplates(request.edited.document),
    }),
    onSuccess: ({ saved, broken }, request) => {
      draft.setBase(saved);
      draft.setEdited({ document: saved.document, permissions: saved.permissions });
      draft.setRestored(false);
      onSaved(saved, request, broken);
      return client.invalidateQueries({ queryKey: ['actions'] });
    },
    onError: async (error, { base }) => {
      // What never arrived may have: the same key then gives the same answer.
      if (!isOffline(error)) setKey(crypto.randomUUID());
      if (!isProblem(error) || error.code !== 'stale_version' || base === null) return;
      const identifier = identifierOf(base.document);
      if (error.details['resource'] !== 'action-permissions') return setTheirs(await readAction(identifier));
      // From here on what the other one granted is known: saving again replaces it, discarding shows it.
      const granted = await client.query({ ...permissionsQuery(identifier), staleTime: 0 });
      draft.setBase((known) => (known === null ? known : withPermissions(known, granted)));
    },
  });
  return { saving, theirs, setTheirs };
}

function withBroken(known: Readonly<Record<string, string>>, path: Path, text: string | undefined) {
  if (text !== undefined) return { ...known, [pathText(path)]: text };
  const rest = Object.entries(known).filter(([one]) => one !== pathText(path));
  return rest.length === Object.keys(known).length ? known : Object.fromEntries(rest);
}

/** What was entered into the preview, to see what comes of it. */
const noSample: Sample = { values: {}, entity: null };

/** The state of the editor: one definition that the tabs and the JSON view look at, and its way to the server. */
export function useActionEditor(start: EditorStart, onSaved: OnSaved) {
  const draft = useDraft(start);
  const { edited, base, dirty, setBase, setEdited } = draft;
  const { saving, theirs, setTheirs } = useSaving(draft, onSaved);
  const [broken, setBroken] = useState<Readonly<Record<string, string>>>({});
  const [sample, setSample] = useState(noSample);
  const [keptMethods] = useState(() => new Map<string, unknown>());
  const errors: readonly PlacedError[] = useMemo(() => placedErrors(saving.error), [saving.error]);
  const newer =
    start.stored !== undefined && base !== null && start.stored.version !== base.version && !saving.isPending;
  const { stored } = start;
  useEffect(() => {
    if (!newer || dirty || stored === undefined || base === null) return;
    const next = baseOf(stored, grantedOf(base));
    setBase(next);
    setEdited({ document: next.document, permissions: next.permissions });
  }, [newer, dirty, stored, base, setBase, setEdited]);
  return {
    ...draft,
    ...changesOf(draft),
    errors,
    sample,
    setSample,
    error: saving.error,
    pending: saving.isPending,
    theirs,
    newer: newer && dirty ? stored : undefined,
    showTheirs: setTheirs,
    /** What was entered for other backends, should somebody come back to them. */
    keptMethods,
    /** What was typed into fields and is no JSON, by path; nothing is saved while there is any. */
    broken,
    setBroken: (path: Path, text: string | undefined): void => setBroken((known) => withBroken(known, path, text)),
    /** Another backend: what was typed for the one before is kept until this page goes. */
    mendBelow: (prefix: string): void =>
      setBroken((known) => Object.fromEntries(Object.entries(known).filter(([path]) => !path.startsWith(prefix)))),
    save: (change: Partial<SaveRequest> = {}): void => {
      if (Object.keys(broken).length > 0 || saving.isPending) return;
      saving.mutate({ edited, base, ...change });
    },
    discard: (): void => {
      setEdited({ document: draft.origin.document, permissions: draft.origin.permissions });
      draft.setRestored(false);
      setBroken({});
      saving.reset();
    },
  };
}

export type ActionEditor = ReturnType<typeof useActionEditor>;

/** The editor together with what the server says of it before it is saved. */
export interface CheckedEditor extends ActionEditor {
  readonly checks: Checks;
}

export const EditorContext = createContext<CheckedEditor | undefined>(undefined);

export function useEditor(): CheckedEditor {
  const editor = useContext(EditorContext);
  if (editor === undefined) throw new Error('A field of the editor stands outside of it');
  return editor;
}

/** One value of the definition: what it is, how to change it, what the server said about it. */
export function useField(path: Path) {
  const editor = useEditor();
  return {
    value: valueAt(editor.edited.document, path),
    set: (value: unknown): void => editor.set(path, value),
    error: editor.errors.find((error) => pathText(error.path) === pathText(path))?.message,
    warning: editor.checks.warnings.find((one) => pathText(one.path) === pathText(path))?.message,
  };
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isPlain(value) ? value : {});
