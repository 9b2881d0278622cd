import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { isOffline, isProblem } from '../../api/problem.ts';
import { savePipeline, type StoredPipeline, validatePipeline } from '../api.ts';
import type { PipelineDocument, PipelineProblem } from '../wire.ts';
import { shapeOf } from './document-edits.ts';
import { dropDraft, keepDraft, readDraft } from './draft-store.ts';
import { beginHistory, recordEdit, redoEdit, restateHistory, undoEdit } from './edit-history.ts';

const CHECK_AFTER_MS = 400;
const none: readonly PipelineProblem[] = [];

export interface BuilderStart {
  /** Names the draft. */
  readonly name: string;
  readonly stored: StoredPipeline | null;
  readonly document: PipelineDocument;
}

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

const keepsShape = (before: PipelineDocument, after: PipelineDocument): boolean => shapeOf(before) === shapeOf(after);

/** The document with everything it was since the page was opened. */
function useEdits(start: PipelineDocument) {
  const [history, setHistory] = useState(() => beginHistory(start));
  return {
    document: history.present,
    setDocument: (value: PipelineDocument): void =>
      setHistory((before) => recordEdit(before, { value, at: Date.now(), joins: keepsShape })),
    /** As the server keeps it. */
    restate: (value: PipelineDocument): void => setHistory((before) => restateHistory(before, value)),
    undo: history.past.length === 0 ? undefined : (): void => setHistory(undoEdit),
    redo: history.future.length === 0 ? undefined : (): void => setHistory(redoEdit),
  };
}

/** One pipeline being edited: canvas, forms and JSON look at the same document. */
export function usePipelineBuilder(
  { name, stored, document: start }: BuilderStart,
  onSaved: (saved: StoredPipeline) => void,
) {
  const client = useQueryClient();
  const [kept] = useState(() => readDraft(name));
  const [origin, setOrigin] = useState<Pick<BuilderStart, 'stored' | 'document'>>({ stored, document: start });
  const { document, setDocument, restate, undo, redo } = useEdits(kept?.document ?? start);
  const [restored, setRestored] = useState(kept !== undefined);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const dirty = !same(document, origin.document);
  // A draft begun from an older version is saved against that one: the server then says that it is stale.
  const base = restored && kept?.etag !== null && kept?.etag !== undefined ? kept.etag : (origin.stored?.etag ?? null);
  useEffect(() => {
    if (dirty) keepDraft(name, { document, etag: base });
    else dropDraft(name);
  }, [name, dirty, document, base]);
  const saving = useMutation({
    mutationFn: async (request: { readonly etag: string | null }) =>
      savePipeline(
        document,
        origin.stored === null ? null : { id: origin.stored.id, etag: request.etag ?? origin.stored.etag },
        key,
      ),
    onSuccess: (saved) => {
      setOrigin({ stored: saved, document: saved.document });
      restate(saved.document);
      setRestored(false);
      dropDraft(name);
      onSaved(saved);
      return Promise.all([
        client.invalidateQueries({ queryKey: ['pipelines'] }),
        client.invalidateQueries({ queryKey: ['pipeline', saved.id] }),
        client.invalidateQueries({ queryKey: ['applications'] }),
      ]);
    },
    onError: (error) => {
      if (!isOffline(error)) setKey(crypto.randomUUID());
    },
  });
  return {
    document,
    setDocument,
    undo,
    redo,
    stored: origin.stored,
    dirty,
    restored: restored && dirty,
    problems: useProblems(document),
    saving,
    stale: isProblem(saving.error) && saving.error.status === 412,
    save: (): void => {
      if (!saving.isPending) saving.mutate({ etag: base });
    },
    /** After somebody else saved: over theirs, which stays a revision. */
    saveOver: (etag: string): void => saving.mutate({ etag }),
    takeTheirs: (theirs: StoredPipeline): void => {
      setOrigin({ stored: theirs, document: theirs.document });
      setDocument(theirs.document);
      setRestored(false);
      saving.reset();
    },
    discard: (): void => {
      setDocument(origin.document);
      setRestored(false);
      saving.reset();
    },
  };
}

export type PipelineBuilder = ReturnType<typeof usePipelineBuilder>;

/** What is wrong with the document as it stands, a moment after the last change. */
function useProblems(document: PipelineDocument): readonly PipelineProblem[] {
  const [settled] = useDebouncedValue(document, CHECK_AFTER_MS);
  const found = useQuery({
    queryKey: ['pipeline-problems', settled],
    queryFn: async ({ signal }) => validatePipeline(settled, signal),
    gcTime: 0,
    retry: false,
    placeholderData: (before) => before,
  });
  return found.data ?? none;
}
