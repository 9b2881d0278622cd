import { useEffect, useState } from 'react';
import type { Values } from './form-rules.ts';

interface Draft {
  readonly values: Values;
  readonly entity: string | null;
}

function read(key: string): Draft | undefined {
  try {
    const stored = sessionStorage.getItem(key);
    return stored === null ? undefined : (JSON.parse(stored) as Draft);
  } catch {
    return undefined;
  }
}

/** What was typed survives closing the dialog and reloading the page, until it is sent. */
export function useDraft(
  action: string,
  start: Draft,
): readonly [draft: Draft, set: (draft: Draft) => void, discard: () => void] {
  const key = `quayside-draft-${action}`;
  const [draft, setDraft] = useState<Draft>(() => {
    const stored = read(key);
    return stored === undefined
      ? start
      : { values: { ...start.values, ...stored.values }, entity: start.entity ?? stored.entity };
  });
  const [kept, setKept] = useState(true);
  useEffect(() => {
    if (kept) sessionStorage.setItem(key, JSON.stringify(draft));
    else sessionStorage.removeItem(key);
  }, [draft, kept, key]);
  return [draft, setDraft, () => setKept(false)];
}
