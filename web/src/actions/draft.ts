import { useEffect, useState } from 'react';
import type { Values } from './form-rules.ts';

interface Draft {
  readonly values: Values;
  readonly entity: string | null;
}

interface StoredDraft extends Draft {
  /** What the dialog was opened with; opened with something else it starts from that. */
  readonly from?: string;
}

function read(key: string): StoredDraft | undefined {
  try {
    const stored = sessionStorage.getItem(key);
    return stored === null ? undefined : (JSON.parse(stored) as StoredDraft);
  } catch {
    return undefined;
  }
}

/** What was typed survives closing the dialog and reloading the page, until it is sent; of it what may be kept. */
export function useDraft(
  action: string,
  start: Draft,
  keepable: (values: Values) => Values,
): readonly [draft: Draft, set: (draft: Draft) => void, discard: () => void] {
  const key = `quayside-draft-${action}`;
  const from = JSON.stringify(start.values);
  const [draft, setDraft] = useState<Draft>(() => {
    const stored = read(key);
    if (stored === undefined) return start;
    const isSame = stored.from === from || from === '{}';
    return {
      values: isSame ? { ...start.values, ...stored.values } : { ...stored.values, ...start.values },
      entity: start.entity ?? stored.entity,
    };
  });
  const [kept, setKept] = useState(true);
  useEffect(() => {
    if (kept) sessionStorage.setItem(key, JSON.stringify({ ...draft, values: keepable(draft.values), from }));
    else sessionStorage.removeItem(key);
  }, [draft, kept, key, keepable, from]);
  return [draft, setDraft, () => setKept(false)];
}
